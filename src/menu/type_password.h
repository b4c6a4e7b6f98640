/* type_password.h -- passwords of users: typed in clear or as a hash, kept as a hash. */
#ifndef MENU_TYPE_PASSWORD_H
#define MENU_TYPE_PASSWORD_H

#include "conf/type.h"

extern const struct type type_password;

#endif
