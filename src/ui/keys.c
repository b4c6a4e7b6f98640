#include "ui/keys.h"

#include "lib/must.h"

static const char in_line[] = "While a line is typed", in_pager[] = "When long output stops",
		  in_live[] = "While something is followed", in_editor[] = "In the editor of edit";

const struct key_words keys_all[] = {
	{ in_line, "Tab", "Complete the word; again: list what could stand there" },
	{ in_line, "?, F1", "Explain what can stand at the cursor" },
	{ in_line, "Ctrl-B, Left", "One character back" },
	{ in_line, "Ctrl-F, Right", "One character on" },
	{ in_line, "M-b, Ctrl-Left, M-Left", "One word back" },
	{ in_line, "M-f, Ctrl-Right, M-Right", "One word on" },
	{ in_line, "Ctrl-A, Home", "To the beginning of the line" },
	{ in_line, "Ctrl-E, End", "To the end of the line" },
	{ in_line, "Ctrl-P, Up", "The line above, or the entry before in the history" },
	{ in_line, "Ctrl-N, Down", "The line below, or the next entry of the history" },
	{ in_line, "Ctrl-R, F3", "Find in the history and among the menus" },
	{ in_line, "Ctrl-H, Backspace", "Delete the character before the cursor" },
	{ in_line, "Ctrl-D, Delete",
	  "Delete the character at the cursor; Ctrl-D on an empty line "
	  "leaves the console" },
	{ in_line, "Ctrl-W, M-Backspace", "Cut the word before the cursor" },
	{ in_line, "M-d, Ctrl-Delete", "Cut the word behind the cursor" },
	{ in_line, "Ctrl-U", "Cut from the beginning of the line" },
	{ in_line, "Ctrl-K", "Cut to the end of the line" },
	{ in_line, "Ctrl-Y", "Put back what was cut" },
	{ in_line, "Ctrl-T", "Swap the two characters around the cursor" },
	{ in_line, "Ctrl-\\", "Split the line" },
	{ in_line, "Ctrl-L, F5", "Clear the screen and draw the line again" },
	{ in_line, "Ctrl-X, F4", "Safe mode on and off" },
	{ in_line, "Ctrl-C", "Drop the line" },
	{ in_line, "Ctrl-J, Ctrl-M, Enter", "Run the line" },
	{ in_pager, "Space, f, Page Down", "The next page" },
	{ in_pager, "Enter, j, Down", "One more line" },
	{ in_pager, "d", "All the rest without stopping" },
	{ in_pager, "q, Ctrl-C", "Nothing more" },
	{ in_live, "q, Ctrl-C", "Stop" },
	{ in_live, "d", "Line by line from now on, without painting over what was shown" },
	{ in_live, "Ctrl-Z", "Pause, and go on" },
	{ in_editor, "Ctrl-O", "Keep the text and leave" },
	{ in_editor, "Ctrl-C, Ctrl-X", "Leave the text as it was" },
	{ in_editor, "Ctrl-K", "Cut to the end of the line" },
	{ in_editor, "Ctrl-Y", "Put back what was cut" },
	{ in_editor, "Ctrl-V, Page Down", "The next screen" },
	{ in_editor, "Ctrl-Z, Page Up", "The screen before" },
};
const size_t keys_n = ARRAY_LEN(keys_all);
