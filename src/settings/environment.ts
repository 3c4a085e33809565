/** What the settings are read from, apart from flags; `main` fills it in from the real process. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Absolute; none where it was deleted. */
  readonly workingDirectory: string | undefined;
  /** Absolute; none where the user has none. */
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** The variable's value; an empty one counts as not set, as in the official CLI. */
export function variable(environment: Environment, name: string): string | undefined {
  return environment.variables[name] || undefined;
}

/** Whether a variable says yes: set, and neither `0`, `f`, `false` nor `no`. */
export function isOn(environment: Environment, name: string): boolean {
  const value = variable(environment, name);
  return value !== undefined && !/^(0|f|false|no)$/i.test(value);
}
