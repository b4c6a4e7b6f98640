# table.awk -- the ratios of test/bench/run: awk -f quantiles.awk -f table.awk

END {
	line = "%-22s %9s  %-18s %-18s %-18s %-18s\n"
	printf line, "", "kernel", "k+masq", "towpath", "towpath+masq", "towpath+masq"
	printf line, "", "", "/ kernel", "/ kernel", "/ kernel", "/ k+masq"
	for (i = 1; i <= count; i++)
		printf line, metrics[i], cell(metrics[i], "kernel", ""),
		       cell(metrics[i], "kernel-masq", "kernel"), cell(metrics[i], "towpath", "kernel"),
		       cell(metrics[i], "towpath-masq", "kernel"),
		       cell(metrics[i], "towpath-masq", "kernel-masq")
}
