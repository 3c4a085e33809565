#!/usr/bin/env node
// CommonJS, because Node starts it sooner than a module. Where Node can keep compiled code, it does.
const { enableCompileCache } = require('node:module');

const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env;
// With the first, Node keeps it already, where the user says; with the second, nowhere.
if (enableCompileCache && !NODE_COMPILE_CACHE && !NODE_DISABLE_COMPILE_CACHE) {
  const { cacheFolder } = require('../dist/cache-folder.cjs');
  const folder = cacheFolder({
    variables: process.env,
    platform: process.platform,
    uid: process.getuid?.(),
    passwdHome: () => require('node:os').userInfo().homedir,
  });
  if (folder) enableCompileCache(folder);
}

const { main } = require('../dist/main.cjs');

main(process.argv.slice(2));
