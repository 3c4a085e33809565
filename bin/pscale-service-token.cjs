#!/usr/bin/env node
// CommonJS, because Node starts it sooner than a module. Where Node can keep compiled code, it does.
require('node:module').enableCompileCache?.();

const { main } = require('../dist/main.cjs');

main(process.argv.slice(2));
