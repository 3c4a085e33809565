import { terminalSafe } from '../text/terminal-safe.ts';
import { segmentsOf, type Text } from '../text/text.ts';
import type { Paragraph } from './result.ts';

/** Characters that a comment on a pull request takes on GitHub, less what is put around it. */
const MOST_CHARACTERS = 60_000;

/**
 * Paragraphs for a comment on a pull request: those that are further in become a list. Whatever is not our own word
 * stands in a code span, where nothing becomes a mention, a link or markup.
 *
 * @param last what stands at the end, and is never cut
 */
export function renderMarkdown(paragraphs: readonly Paragraph[], last: Text): string {
  const end = `\n${inMarkdown(last).replaceAll('\n', '\n\n')}\n`;
  const cut = '\nThe rest is left out: it is longer than a comment may be.\n';
  const room = MOST_CHARACTERS - end.length - cut.length;
  let output = '';
  for (const { text: words, indent = 0 } of paragraphs) {
    const line = inMarkdown(words);
    if (line === '') continue;
    const next = indent > 0 ? `- ${line}\n` : `${output === '' ? '' : '\n'}${line}\n`;
    if (output.length + next.length > room) return output + cut + end;
    output += next;
  }
  return output + end;
}

function inMarkdown(words: Text): string {
  return segmentsOf(words)
    .map((segment) => (typeof segment === 'string' ? segment : codeSpan(segment.value)))
    .join('');
}

/** What would end the span, or a cell that it stands in, is shown as terminals are shown what they would obey. */
function codeSpan(value: string): string {
  const safe = terminalSafe(value).replaceAll('`', '\\x60').replaceAll('|', '\\x7c');
  return safe.trim() === '' ? `\`(${safe.length === 0 ? 'empty' : 'blank'})\`` : `\`${safe}\``;
}
