#include "ui/colour.h"

const char *colour_sequence(enum colour colour)
{
	switch (colour) {
	case COLOUR_MENU:
		return "\033[36m";
	case COLOUR_COMMAND:
		return "\033[35m";
	case COLOUR_NAME:
		return "\033[32m";
	case COLOUR_VARIABLE:
		return "\033[33m";
	case COLOUR_ERROR:
		return "\033[31m";
	case COLOUR_NONE:
		break;
	}
	return "\033[m";
}
