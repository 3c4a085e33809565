import { API_SETTINGS, command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import { plain, text } from '../../text.ts';
import { findingList } from '../../views/findings.ts';
import { checkApi } from './api-checks.ts';
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
    const hasFailed = findings.some(({ status }) => status === 'fail');
    return showing(findingList(rows), { end: { kind: hasFailed ? 'found something' : 'done' } });
  },
});
