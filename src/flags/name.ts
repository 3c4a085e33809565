import { refuseSecret } from '../api/path.ts';
import { type Flag, valueFlag } from '../cli/declaration.ts';

/** The name of a new token; everybody who may list tokens sees it. */
export function nameFlag(description: string): Flag<string | undefined> {
  return valueFlag('-n, --name <name>', description, (name) => {
    refuseSecret(name, 'token name');
    return name;
  });
}
