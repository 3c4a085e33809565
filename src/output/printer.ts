import type { Format } from '../settings/variables.ts';
import type { Result } from './result.ts';
import type { Style } from './styled.ts';

/**
 * A result in the format asked for; each format's libraries are loaded only for it.
 *
 * @param now milliseconds since the epoch that relative times are counted from
 * @param width columns of the terminal, if people read it on one
 */
export async function render(
  result: Result,
  format: Format,
  style: Style,
  now: () => number,
  width?: number,
): Promise<string> {
  switch (format) {
    case 'json': {
      const { renderJson } = await import('./json.ts');
      return renderJson(result.data);
    }
    case 'csv': {
      const { renderCsv } = await import('./csv.ts');
      return renderCsv(result.table);
    }
    case 'human': {
      const { renderHuman } = await import('./human.ts');
      return renderHuman(result, style, now(), width);
    }
  }
}
