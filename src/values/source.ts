import { type Text, text, unstyled } from '../text/text.ts';

/** Where a value came from: errors and diagnoses name it, so that users know what to change. */
export type Source =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly key?: string }
  | { readonly kind: 'keychain'; readonly name: string }
  /** A token that this very invocation has made. */
  | { readonly kind: 'created' }
  | { readonly kind: 'default' };

/** A value in force, and its origin. */
export interface Resolved<T> {
  readonly value: T;
  readonly source: Source;
}

export function describeSource(source: Source): Text {
  switch (source.kind) {
    case 'flag':
    case 'environment':
      return unstyled(source.name);
    case 'file':
      return source.key === undefined ? text`${source.path}` : text`${source.key} in ${source.path}`;
    case 'keychain':
      return unstyled(source.name);
    case 'created':
      return text`made just now`;
    case 'default':
      return text`the default`;
  }
}
