// The entry of the standalone executables, as bin/pscale-service-token.cjs is the npm package's.
import { main } from '../src/main.ts';

main(process.argv.slice(2));
