#!/usr/bin/env node
// CommonJS, because Node starts it sooner than a module.
const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env;
const program = require.resolve('../dist/main.cjs');

/** With code that was compiled before, unless the user says where Node is to keep it, or nowhere. */
function load() {
  if (NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return require(program);
  return require('../dist/code-cache.cjs').load(program, {
    owner: {
      variables: process.env,
      platform: process.platform,
      uid: process.getuid?.(),
      passwdHome: () => require('node:os').userInfo().homedir,
    },
    nodeRequire: require,
    version: `${process.version}-${process.arch}`,
    pid: process.pid,
    now: Date.now,
    onExit: (save) => process.on('exit', save),
  });
}

load().start(process.argv.slice(2));
