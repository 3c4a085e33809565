import { Chalk } from 'chalk';
import type { ColourLevel } from './io.ts';
import type { Style } from './styled.ts';

/**
 * A style with the colours of that level; `true` stands for the sixteen that every terminal with colour has.
 * The level has been decided: the library is not to look at the environment and at stdout again.
 */
export function createStyle(colours: ColourLevel | boolean): Style {
  const level = Number(colours) === 0 ? 0 : typeof colours === 'number' ? colours : 1;
  const { bold, dim, red, green, yellow } = new Chalk({ level });
  return { isColoured: level > 0, bold, dim, red, green, yellow };
}
