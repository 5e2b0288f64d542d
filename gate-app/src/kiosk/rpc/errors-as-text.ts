/** A JSON replacer: an Error has no enumerable members, would be `{}`, and the screen would not know it as one. */
export function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}
