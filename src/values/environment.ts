/** What the settings are read from, apart from flags; `main` fills it in from the real process. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Absolute; none where it was deleted. */
  readonly workingDirectory: string | undefined;
  /** Absolute; none where the user has none. */
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
  /** The user's number; undefined where the system has none. */
  readonly uid?: number | undefined;
}

/** The variable's value; an empty one counts as not set, as in the official CLI. */
export function variable(environment: Environment, name: string): string | undefined {
  return environment.variables[name] || undefined;
}

/** Whether a variable says yes: set, and neither `0`, `f`, `false` nor `no`. */
export function isOn(environment: Environment, name: string): boolean {
  const value = variable(environment, name);
  return value !== undefined && saysYes(value);
}

/** Whether a value of a setting that is on or off says on: anything but `0`, `f`, `false` and `no`. */
export function saysYes(value: string): boolean {
  return !/^(0|f|false|no)$/i.test(value);
}

/**
 * Whether nothing that stands on the screen is to be drawn over: the terminal cannot, or what reads it to the user
 * would read all of it again (`ACCESSIBLE`, as the terminal libraries of charm.sh have it).
 */
export function isPlain(environment: Environment): boolean {
  return variable(environment, 'TERM') === 'dumb' || isOn(environment, 'ACCESSIBLE');
}
