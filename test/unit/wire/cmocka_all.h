/* cmocka_all.h -- cmocka with the headers it wants to see first. */
#ifndef TEST_WIRE_CMOCKA_ALL_H
#define TEST_WIRE_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
