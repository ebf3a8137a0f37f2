// The binary contract between the engine and a plugin. Valid C11 and C++20.
//
// A plugin is a shared library that exports ONE symbol, the constant `unscripted_plugin`. Reading
// it runs no plugin code. The plugin links to nothing of the engine: every service comes by pointer
// in the call, and is valid during that call only.
//
// Growth. Fields are only ever appended, and UNS_ABI_MINOR is raised; `struct_size` (always sizeof
// of the struct as the plugin's author compiled it) tells what is there. uns_param and
// uns_property_ref are fixed for a major version. Anything else raises UNS_ABI_MAJOR. An engine
// takes plugins of its own major version and of its own or an older minor one.
//
// Ownership. The engine copies all texts and tables when it loads the plugin; it keeps the function
// pointers only. A plugin is never unloaded. A plugin keeps no pointer that a call gave it.
//
// Determinism. The same state, command and draws must give the same writes, on every machine, for
// ever; `unscripted verify` decides stored commands again and compares. So, in apply, after_action
// and at_tick:
//   - no clock, file, network, environment, thread, lock, or address used as a value;
//   - no state of your own: no static or global variable that a call changes. What must be
//     remembered is a property. Calls for different worlds run at the same time;
//   - chance comes from host->random only, never from rand() or <random>;
//   - arithmetic is + - * / and sqrt on doubles; no sin, cos, pow, exp of libm (they differ between
//     processors): host->direction and host->turn_of are the engine's own. Compile with
//     -ffp-contract=off, never with -ffast-math, and leave the rounding mode alone;
//   - no exception leaves a call, and a call ends soon: a world stands still while it runs.
//
// Tag: [apply] may be called only inside apply, after_action or at_tick, on the thread that called.
#ifndef UNSCRIPTED_ABI_H
#define UNSCRIPTED_ABI_H

#ifdef __FAST_MATH__
#error "a plugin must not be compiled with -ffast-math: its results would differ between machines"
#endif

// NOLINTBEGIN(modernize-use-using,readability-identifier-naming): it is a header of C as well
#ifdef __cplusplus
#include <cstdint>
extern "C" {
#else
#include <stdbool.h>
#include <stdint.h>
#endif

enum { UNS_ABI_MAJOR = 1, UNS_ABI_MINOR = 1 };

/// A thing of the world in which the call happens. Never reused, not even after the thing is gone.
typedef uint64_t uns_thing;
#define UNS_WORLD ((uns_thing)0)              // the world itself
#define UNS_NO_THING ((uns_thing)UINT64_MAX)  // nothing

/// What a property or parameter holds, and so which member of uns_value counts.
enum { UNS_NUMBER = 1, UNS_INTEGER = 2, UNS_BOOLEAN = 3, UNS_TEXT = 4, UNS_THING = 5 };

typedef union uns_value {
  double number;     // UNS_NUMBER: finite
  int64_t integer;   // UNS_INTEGER
  uint64_t boolean;  // UNS_BOOLEAN: 0 or 1
  uns_thing thing;   // UNS_THING: may be UNS_NO_THING, or a thing that is gone
  const char* text;  // UNS_TEXT: UTF-8, ends with NUL; valid during the call
} uns_value;

/// Metres. x and z span the ground, y is height above it.
typedef struct uns_vec3 {
  double x, y, z;
} uns_vec3;

/// What became of an action or rule.
typedef int32_t uns_outcome;
enum {
  UNS_DONE = 0,     // the writes are kept
  UNS_REFUSED = 1,  // the world's rules say no; the writes are dropped; not an error
  UNS_FAULT = 2     // the plugin is broken; the writes are dropped; counted against the plugin
};

/// A parameter of an action, or a property of a kind (uns_property). Names match
/// [a-z][a-z0-9_]{0,31}; that of a property may begin with one '_' more: then it is private, seen
/// by the bot itself and its owner only.
typedef struct uns_param {
  const char* name;  // how clients name it: never change it
  const char* unit;  // "m", "turn", "tick", "1" for a ratio, "" for none; never null
  uint32_t type;     // UNS_NUMBER, ...
  uint32_t flags;    // reserved, 0
  // Of numbers and integers: what clients may say, and what stands where they say nothing;
  // finite, minimum <= fallback <= maximum, whole and within 2^53 for integers.
  // Of booleans: fallback is 0 or 1. Of texts: maximum is the greatest length in bytes, up to 1024.
  double minimum, maximum, fallback;
  const char* text;  // of texts: the fallback; null is ""
} uns_param;

typedef uns_param uns_property;

/// A property that the plugin's code reads or writes. It is resolved when the plugin is loaded, and
/// then named by its index in uns_plugin.uses. A plugin whose uses do not exist is refused.
typedef struct uns_property_ref {
  const char* kind;
  const char* name;
  uint32_t type;  // must be the property's own
  uint32_t reserved;
} uns_property_ref;

enum {
  UNS_KIND_EXTENDS = 1,  // adds properties to a kind of the engine or of another plugin
  UNS_KIND_SOLID = 2     // no two solid things share ground
};

/// A kind of thing, or more properties for one (then name, properties and property_count count
/// only).
typedef struct uns_kind {
  uint32_t struct_size;
  uint32_t flags;  // UNS_KIND_...
  const char* name;
  double width, height, depth;  // m along x, y, z; above 0
  const uns_property* properties;
  uint32_t property_count;
  uint32_t reserved;
} uns_kind;

typedef struct uns_call uns_call;

/// What the engine does for a plugin. Every function fails (false, nothing) on a thing that is not
/// there, on one of another kind than the property's, and on numbers that are not finite; nothing
/// changes then. Reads see the writes of the same call.
typedef struct uns_host {
  uint32_t struct_size;
  uint32_t reserved;

  // -- properties, by index in uns_plugin.uses; for all types but UNS_TEXT ---------------- [apply]
  bool (*get)(const uns_call*, uns_thing, uint32_t use, uns_value* out);
  bool (*set)(const uns_call*, uns_thing, uint32_t use, uns_value);
  /// Adds to a number or integer. Recorded as an addition: smaller in the history than set.
  bool (*add)(const uns_call*, uns_thing, uint32_t use, uns_value);
  /// Copies at most capacity - 1 bytes and a NUL; returns the whole length, UINT32_MAX on failure.
  uint32_t (*get_text)(const uns_call*, uns_thing, uint32_t use, char* out, uint32_t capacity);
  /// One line of UTF-8. A text longer than the property's maximum makes the call a fault.
  bool (*set_text)(const uns_call*, uns_thing, uint32_t use, const char* utf8);

  // -- space, in metres ------------------------------------------------------------------- [apply]
  /// A thing stands on the middle of its ground at `pos` and occupies `dims`; either may be null.
  /// What is carried is where its carrier is.
  bool (*place)(const uns_call*, uns_thing, uns_vec3* pos, uns_vec3* dims);
  /// By a displacement; false where walls or solid things block the destination, and of a carried
  /// thing.
  bool (*move)(const uns_call*, uns_thing, double x, double y, double z);
  /// To a place; false where walls or solid things block it. A carried thing is set down there.
  bool (*put)(const uns_call*, uns_thing, double x, double y, double z);
  /// The things within `range` metres (gap on the ground), nearest first, then by serial, without
  /// `centre`, the world and what is carried. Writes at most `capacity` of them; returns how many.
  uint32_t (*near)(const uns_call*, uns_thing centre, double range, uns_thing* out,
                   uint32_t capacity);
  /// Whether the thing exists and is of that kind.
  bool (*is_a)(const uns_call*, uns_thing, const char* kind);
  /// The unit vector of an angle in turns (0 is +x, 0.25 is +z); (1, 0) if it is not finite.
  void (*direction)(const uns_call*, double turns, double* cosine, double* sine);
  /// The angle of (x, z) in turns, [0, 1); 0 for the null vector.
  double (*turn_of)(const uns_call*, double x, double z);

  // -- chance ----------------------------------------------------------------------------- [apply]
  /// 64 random bits, a function of the world's seed, the command and the number of the draw.
  uint64_t (*random)(const uns_call*);
  /// A random place where a thing of that size (m) fits.
  bool (*random_place)(const uns_call*, const uns_vec3* dims, bool solid, uns_vec3* out);

  // -- things come and go ----------------------------------------------------------------- [apply]
  /// A new thing of a kind at `pos`, or at a random place where that is null. UNS_NO_THING where it
  /// does not fit or the world's capacity is reached.
  uns_thing (*create)(const uns_call*, const char* kind, const uns_vec3* pos);
  /// Removes a thing; of a bot this is its death, of this cause ("thirst"). What it carried is set
  /// down first.
  bool (*remove)(const uns_call*, uns_thing, const char* cause);

  // -- words ------------------------------------------------------------------------------ [apply]
  /// Why the action is refused or faulty: one short line for a person. The text is copied.
  void (*explain)(const uns_call*, const char* utf8);
  /// A table of further services by name, null where the engine has none of that name.
  const void* (*extension)(const uns_call*, const char* id);

  // -- things carry things ---------------------------------------------------------------- [apply]
  // What is carried is off the ground: it blocks nobody, and `near` does not find it.
  /// Who carries the thing; UNS_WORLD where it stands on the ground, UNS_NO_THING where it is gone.
  /// [since 1.1]
  uns_thing (*carrier)(const uns_call*, uns_thing);
  /// Puts a thing, from the ground or out of other hands, into the hands of `carrier`. False where
  /// it is a bot or carries something itself, where `carrier` is carried, has it already or has 64
  /// things, and where either is the world or gone. `put` sets it down. [since 1.1]
  bool (*carry)(const uns_call*, uns_thing carrier, uns_thing what);
  /// The things that `carrier` carries, by serial. Writes at most `capacity` of them; returns how
  /// many. [since 1.1]
  uint32_t (*carried)(const uns_call*, uns_thing carrier, uns_thing* out, uint32_t capacity);
} uns_host;

/// One call. The engine has checked that agent and target exist, that the target is of the action's
/// kind and in reach, and that the arguments fit the parameters.
struct uns_call {
  uint32_t struct_size;
  uint32_t arg_count;  // of an action: its param_count; of a rule: 0
  const uns_host* host;
  uint64_t tick;          // world time
  uns_thing agent;        // who acts; in at_tick UNS_NO_THING
  uns_thing target;       // of the action; in at_tick the world
  uns_thing world;        // UNS_WORLD
  const uns_value* args;  // parameter by parameter; null where there are none
  const void* engine;     // the engine's own
};

enum { UNS_ACTION_SELF = 1 };  // aimed at the agent itself only

/// A verb of the things that act, aimed at a thing of one kind.
typedef struct uns_action {
  uint32_t struct_size;
  uint32_t flags;           // UNS_ACTION_...
  const char* name;         // "drink"
  const char* target_kind;  // "well"
  const char* summary;      // one sentence for bot authors
  const uns_param* params;
  uint32_t param_count;  // at most 8
  uint32_t reserved;
  double reach;  // m, the greatest gap at which it works; 0 stands for the usual 1 m
  uns_outcome (*apply)(const uns_call*);
} uns_action;

/// What happens besides actions. One of the two hooks may be null. A rule that does not answer
/// UNS_DONE has its own writes dropped, not those of the action.
typedef struct uns_rule {
  uint32_t struct_size;
  uint32_t flags;  // reserved, 0
  const char* name;
  const char* summary;
  uns_outcome (*after_action)(const uns_call*);  // after each action, for the same agent and target
  uns_outcome (*at_tick)(const uns_call*);       // at each tick of the world
} uns_rule;

typedef struct uns_plugin {
  uint32_t abi_major, abi_minor;  // UNS_ABI_MAJOR, UNS_ABI_MINOR: read before anything else
  uint32_t struct_size;
  uint32_t reserved;
  const char* id;       // a dotted reverse name, "org.unscripted.drink"
  const char* version;  // "1.0.0"
  const uns_kind* kinds;
  const uns_action* actions;
  const uns_rule* rules;
  const uns_property_ref* uses;
  uint32_t kind_count, action_count, rule_count, use_count;
} uns_plugin;

#if defined(__GNUC__)
#define UNS_EXPORT __attribute__((visibility("default")))
#else
#define UNS_EXPORT
#endif

extern UNS_EXPORT const uns_plugin unscripted_plugin;

#ifdef __cplusplus
}
#endif
// NOLINTEND(modernize-use-using,readability-identifier-naming)
#endif
