// The entry of the standalone executables, as bin/pscale-service-token.cjs is the npm package's.
import { start } from '../src/program.ts';

start(process.argv.slice(2));
