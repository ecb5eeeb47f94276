// Compiled into ssh2's native part before everything else, see rebuild-native.js: takes the environment's clean-up hooks out
// of node::ObjectWrap. From Node 24.19 on it takes its hook back when it is collected, where no context is entered, and that
// ends the process (nodejs/node#65446). Without hooks it is as it was until 24.18.
#include <node.h>
#define AddEnvironmentCleanupHook(isolate, hook, argument) static_cast<void>(0)
#define RemoveEnvironmentCleanupHook(isolate, hook, argument) static_cast<void>(0)
