# pair.awk -- the kernel and Towpath side by side: awk -f quantiles.awk -f pair.awk

END {
	line = "%-24s %9s %9s  %s\n"
	printf line, "", "kernel", "towpath", "towpath / kernel"
	for (i = 1; i <= count; i++)
		printf line, metrics[i], cell(metrics[i], "kernel", ""), cell(metrics[i], "towpath", ""),
		       cell(metrics[i], "towpath", "kernel")
}
