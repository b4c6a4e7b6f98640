# quantiles.awk -- what the tables of ratios share: value[metric, router, round] is filled, in the
# order of metrics[1..count], from lines "metric router round value".

function sorted(list, n,    i, j, x) {
	for (i = 2; i <= n; i++) {
		x = list[i]
		for (j = i - 1; j > 0 && list[j] > x; j--)
			list[j + 1] = list[j]
		list[j + 1] = x
	}
}

function quantile(list, n, q,    at, low) {
	at = 1 + (n - 1) * q
	low = int(at)
	return low == n ? list[n] : list[low] + (at - low) * (list[low + 1] - list[low])
}

# The figures of @router over those of @peer, or its own figures when there is no peer. A ratio is
# taken within a round, where both were measured shortly after each other; shown are the median of
# the ratios and their quartiles. A router's own figures are medians.
function cell(metric, router, peer,    n, round, list) {
	n = 0
	for (round = 1; round <= rounds; round++) {
		if (!((metric, router, round) in value))
			continue
		if (peer == "")
			list[++n] = value[metric, router, round]
		else if (value[metric, peer, round] > 0)
			list[++n] = value[metric, router, round] / value[metric, peer, round]
	}
	if (n == 0)
		return "-"
	sorted(list, n)
	if (peer == "")
		return sprintf("%.*f", quantile(list, n, 0.5) < 100 ? 2 : 0, quantile(list, n, 0.5))
	return sprintf("%.2f (%.2f-%.2f)", quantile(list, n, 0.5), quantile(list, n, 0.25),
	               quantile(list, n, 0.75))
}

{
	value[$1, $2, $3] = $4
	if (!($1 in seen))
		metrics[++count] = $1
	seen[$1] = 1
	if ($3 + 0 > rounds)
		rounds = $3 + 0
}
