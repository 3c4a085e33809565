import { command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { shownAddress } from '../../settings/api-url.ts';
import { shownId } from '../../settings/credentials.ts';
import { lastFour } from '../../settings/redaction.ts';
import { DEFAULT_API_URL, DEFAULT_TIMEOUT, VARIABLES, type VariableName } from '../../settings/variables.ts';
import { Failure } from '../../text/errors.ts';
import { plain } from '../../text/text.ts';
import { describeSource, type Resolved } from '../../values/source.ts';
import { type SettingRow, settingList } from '../../views/settings.ts';
import { variableNames } from './keys.ts';

const DEFAULTS: Partial<Record<VariableName, string>> = {
  apiUrl: DEFAULT_API_URL,
  format: 'human',
  timeout: DEFAULT_TIMEOUT,
};

export const configShow = command({
  name: 'show',
  description:
    'Show every setting: its value, where it comes from, and what it wins over. Of secrets only the last four characters are shown.',
  manner: 'diagnosis',
  reads: [],
  examples: [
    ['config show', 'Why is it this organization?'],
    ['config show --format json', 'For a script'],
  ],
  run: async (_, context) => {
    const candidates = await context.candidates();
    const rows = await Promise.all(
      variableNames().map(async (name): Promise<SettingRow> => {
        const found = candidates(name);
        const [inForce, ...others] = found.length > 0 ? found : await otherwise(name, context);
        return {
          setting: VARIABLES[name].name,
          value: inForce ? shownValue(name, inForce) : null,
          source: inForce ? plain(describeSource(inForce.source)) : null,
          overrides: others.map((other) => ({
            value: shownValue(name, other),
            source: plain(describeSource(other.source)),
          })),
        };
      }),
    );
    return showing(settingList(rows));
  },
});

/** What a setting is where it is not set. */
async function otherwise(name: VariableName, context: Context): Promise<readonly Resolved<string>[]> {
  if (name === 'apiToken') return savedLogin(context);
  const value = DEFAULTS[name];
  return value === undefined ? [] : [{ value, source: { kind: 'default' } }];
}

/** The user access token that `pscale auth login` has left, where it is what would be used. */
async function savedLogin(context: Context): Promise<readonly Resolved<string>[]> {
  try {
    const { credentials } = await context.credentials();
    return credentials.kind === 'user' ? [credentials.token] : [];
  } catch (error) {
    // Why it cannot be used is what doctor tells.
    if (error instanceof Failure && error.code !== 'INTERRUPTED') return [];
    throw error;
  }
}

function shownValue(name: VariableName, { value }: Resolved<string>): string {
  switch (name) {
    case 'serviceToken':
    case 'apiToken':
      return `…${lastFour(value)}`;
    case 'serviceTokenId':
      return shownId(value);
    case 'apiUrl':
      return shownAddress(value);
    default:
      return value;
  }
}
