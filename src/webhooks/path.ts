/** Where notifications are sent to. Needs nothing: `register` reads it before it knows that the API is there. */

/** What the option takes, in words. */
export const HOOK_PATH = 'a path such as "/hooks/mangopay", without host and query, or a list of them'

/** Paths that notifications are sent to, each with the environment they are of where somebody has said it. */
export type HookPaths = ReadonlyMap<string, string | undefined>

/** Whether it is such a path. */
export const isHookPath = (path: unknown): path is string =>
  typeof path === 'string' &&
  path.startsWith('/') &&
  !path.startsWith('//') &&
  !['?', '#', ' '].some((character) => path.includes(character))
