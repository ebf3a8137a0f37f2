/* Every size, offset and number of abi.h that plugins were compiled with: none may ever change
 * within a major version, in C11 or in C++20. New fields get new lines here. */
#ifndef UNSCRIPTED_TESTS_ABI_LAYOUT_H
#define UNSCRIPTED_TESTS_ABI_LAYOUT_H

#include "plugins/abi.h"

#include <stddef.h>

/* FACT(expression, value) */
#define UNS_LAYOUT(FACT)                                                                          \
  FACT(UNS_ABI_MAJOR, 1) FACT(UNS_ABI_MINOR, 1)                                                   \
  FACT(UNS_NUMBER, 1) FACT(UNS_INTEGER, 2) FACT(UNS_BOOLEAN, 3) FACT(UNS_TEXT, 4)                 \
  FACT(UNS_THING, 5) FACT(UNS_DONE, 0) FACT(UNS_REFUSED, 1) FACT(UNS_FAULT, 2)                    \
  FACT(UNS_KIND_EXTENDS, 1) FACT(UNS_KIND_SOLID, 2) FACT(UNS_ACTION_SELF, 1)                      \
  FACT(sizeof(uns_thing), 8) FACT(sizeof(uns_outcome), 4) FACT(sizeof(bool), 1)                   \
  FACT(sizeof(uns_value), 8) FACT(offsetof(uns_value, number), 0)                                 \
  FACT(offsetof(uns_value, integer), 0) FACT(offsetof(uns_value, boolean), 0)                     \
  FACT(offsetof(uns_value, thing), 0) FACT(offsetof(uns_value, text), 0)                          \
  FACT(sizeof(uns_vec3), 24) FACT(offsetof(uns_vec3, x), 0) FACT(offsetof(uns_vec3, y), 8)        \
  FACT(offsetof(uns_vec3, z), 16) FACT(sizeof(uns_property), 56)                                  \
  FACT(sizeof(uns_param), 56) FACT(offsetof(uns_param, name), 0)                                  \
  FACT(offsetof(uns_param, unit), 8) FACT(offsetof(uns_param, type), 16)                          \
  FACT(offsetof(uns_param, flags), 20) FACT(offsetof(uns_param, minimum), 24)                     \
  FACT(offsetof(uns_param, maximum), 32) FACT(offsetof(uns_param, fallback), 40)                  \
  FACT(offsetof(uns_param, text), 48)                                                             \
  FACT(sizeof(uns_property_ref), 24) FACT(offsetof(uns_property_ref, kind), 0)                    \
  FACT(offsetof(uns_property_ref, name), 8) FACT(offsetof(uns_property_ref, type), 16)            \
  FACT(offsetof(uns_property_ref, reserved), 20)                                                  \
  FACT(sizeof(uns_kind), 56) FACT(offsetof(uns_kind, struct_size), 0)                             \
  FACT(offsetof(uns_kind, flags), 4) FACT(offsetof(uns_kind, name), 8)                            \
  FACT(offsetof(uns_kind, width), 16) FACT(offsetof(uns_kind, height), 24)                        \
  FACT(offsetof(uns_kind, depth), 32) FACT(offsetof(uns_kind, properties), 40)                    \
  FACT(offsetof(uns_kind, property_count), 48) FACT(offsetof(uns_kind, reserved), 52)             \
  FACT(sizeof(uns_action), 64) FACT(offsetof(uns_action, struct_size), 0)                         \
  FACT(offsetof(uns_action, flags), 4) FACT(offsetof(uns_action, name), 8)                        \
  FACT(offsetof(uns_action, target_kind), 16) FACT(offsetof(uns_action, summary), 24)             \
  FACT(offsetof(uns_action, params), 32) FACT(offsetof(uns_action, param_count), 40)              \
  FACT(offsetof(uns_action, reserved), 44) FACT(offsetof(uns_action, reach), 48)                  \
  FACT(offsetof(uns_action, apply), 56)                                                           \
  FACT(sizeof(uns_rule), 40) FACT(offsetof(uns_rule, struct_size), 0)                             \
  FACT(offsetof(uns_rule, flags), 4) FACT(offsetof(uns_rule, name), 8)                            \
  FACT(offsetof(uns_rule, summary), 16) FACT(offsetof(uns_rule, after_action), 24)                \
  FACT(offsetof(uns_rule, at_tick), 32)                                                           \
  FACT(sizeof(uns_plugin), 80) FACT(offsetof(uns_plugin, abi_major), 0)                           \
  FACT(offsetof(uns_plugin, abi_minor), 4) FACT(offsetof(uns_plugin, struct_size), 8)             \
  FACT(offsetof(uns_plugin, reserved), 12) FACT(offsetof(uns_plugin, id), 16)                     \
  FACT(offsetof(uns_plugin, version), 24) FACT(offsetof(uns_plugin, kinds), 32)                   \
  FACT(offsetof(uns_plugin, actions), 40) FACT(offsetof(uns_plugin, rules), 48)                   \
  FACT(offsetof(uns_plugin, uses), 56) FACT(offsetof(uns_plugin, kind_count), 64)                 \
  FACT(offsetof(uns_plugin, action_count), 68) FACT(offsetof(uns_plugin, rule_count), 72)         \
  FACT(offsetof(uns_plugin, use_count), 76)                                                       \
  FACT(sizeof(uns_call), 64) FACT(offsetof(uns_call, struct_size), 0)                             \
  FACT(offsetof(uns_call, arg_count), 4) FACT(offsetof(uns_call, host), 8)                        \
  FACT(offsetof(uns_call, tick), 16) FACT(offsetof(uns_call, agent), 24)                          \
  FACT(offsetof(uns_call, target), 32) FACT(offsetof(uns_call, world), 40)                        \
  FACT(offsetof(uns_call, args), 48) FACT(offsetof(uns_call, engine), 56)                         \
  FACT(sizeof(uns_host), 176) FACT(offsetof(uns_host, struct_size), 0)                            \
  FACT(offsetof(uns_host, reserved), 4)                                                           \
  FACT(offsetof(uns_host, get), 8) FACT(offsetof(uns_host, set), 16)                              \
  FACT(offsetof(uns_host, add), 24) FACT(offsetof(uns_host, get_text), 32)                        \
  FACT(offsetof(uns_host, set_text), 40) FACT(offsetof(uns_host, place), 48)                      \
  FACT(offsetof(uns_host, move), 56) FACT(offsetof(uns_host, put), 64)                            \
  FACT(offsetof(uns_host, near), 72) FACT(offsetof(uns_host, is_a), 80)                           \
  FACT(offsetof(uns_host, direction), 88) FACT(offsetof(uns_host, turn_of), 96)                   \
  FACT(offsetof(uns_host, random), 104) FACT(offsetof(uns_host, random_place), 112)               \
  FACT(offsetof(uns_host, create), 120) FACT(offsetof(uns_host, remove), 128)                     \
  FACT(offsetof(uns_host, explain), 136) FACT(offsetof(uns_host, extension), 144)                 \
  FACT(offsetof(uns_host, carrier), 152) FACT(offsetof(uns_host, carry), 160)                     \
  FACT(offsetof(uns_host, carried), 168)

#endif
