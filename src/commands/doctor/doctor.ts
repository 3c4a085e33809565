import { API_SETTINGS, command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { plain, type Text, text, toned, unstyled } from '../../text/text.ts';
import { findingList } from '../../views/findings.ts';
import { checkApi } from './api-checks.ts';
import type { Finding } from './finding.ts';
import { checkLocally } from './local-checks.ts';

export const doctor = command({
  name: 'doctor',
  description:
    'Check which settings are in force and where they come from, and whether the API accepts the credentials. Changes nothing; exits with status 3 if a check fails.',
  manner: 'diagnosis',
  reads: [...API_SETTINGS, 'database'],
  examples: [
    ['doctor', 'Why does it not work?'],
    ['doctor --format json', 'The same for a script; status 3 if a check fails'],
  ],
  run: async (_, context) => {
    const { findings: local, settings, credentials } = await checkLocally(context);
    context.progress.start(text`Asking the API`);
    const remote = credentials ? await checkApi(settings?.organization?.value, credentials, context) : [];
    const findings = [...local, ...remote];
    const rows = findings.map(({ check, status, detail }) => ({
      check,
      status,
      detail: context.redacted(plain(detail)),
    }));
    const failure = findings.find(({ status }) => status === 'fail');
    const after = failure ? notReady(failure, context) : ready(findings, settings?.organization?.value);
    return showing(findingList(rows, after), { end: { kind: failure ? 'found something' : 'done' } });
  },
});

/** What keeps everything else from working, and what to do about it. */
function notReady({ detail, mend }: Finding, { redacted }: Context): Text {
  const words = redacted(plain(mend ?? detail)).replaceAll('\n', ' ');
  return text`${toned('failed', 'Not ready')}: ${unstyled(words)}`;
}

function ready(findings: readonly Finding[], organization: string | undefined): Text {
  const count = findings.filter(({ status }) => status === 'warn').length;
  const warnings =
    count === 0
      ? text``
      : text`, with ${unstyled(count)} ${unstyled(count === 1 ? 'warning' : 'warnings')} above`;
  return text`${toned('done', 'Ready')}: the API accepts these credentials for organization ${organization ?? ''}${warnings}.`;
}
