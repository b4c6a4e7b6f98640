#include "conf/store_words.h"

#include <errno.h>

const char *store_words_advice(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
	case -EFBIG:
		return "make room on the disk of the router's store and try again";
	case -EROFS:
		return "make the file system of the router's store writable and try again";
	case -EACCES:
	case -EPERM:
		return "let towpathd write into its store and try again";
	case -EUCLEAN:
		return "the file is damaged: start towpathd again, which mends it, and look at the "
		       "disk";
	default:
		return "look at the disk of the router's store (the kernel's log names the "
		       "fault) and try again";
	}
}
