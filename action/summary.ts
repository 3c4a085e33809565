import { terminalSafe } from '../src/text/terminal-safe.ts';
import type { IssuedToken } from '../src/tokens/issue-token.ts';
import { gatheredRows } from '../src/views/grants.ts';

/** Which token the job has, what it may do, and until when; nothing of its secret. */
export function summaryOf({ token, held }: IssuedToken, organization: string): string {
  const rows = gatheredRows(held).map(({ resource_type: type, resource_name: name, accesses }) => {
    const scope = `${type ?? 'unknown'} ${name ?? ''}`.trim();
    return `| ${code(scope)} | ${accesses.map(code).join(', ')} |`;
  });
  return [
    '### PlanetScale service token of this job',
    '',
    `${code(token.id)} in organization ${code(organization)} works until ${code(token.expires_at ?? 'the job ends')}, and is deleted at the end of the job.`,
    '',
    ...(rows.length === 0 ? [] : ['| scope | may |', '| --- | --- |', ...rows]),
    '',
    '',
  ].join('\n');
}

/** A code span of which nothing gets out: neither a link, nor a mention, nor a cell of a table. */
function code(value: string): string {
  return `\`${terminalSafe(value).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
