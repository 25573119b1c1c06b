/** How did it end? Perhaps not at all: an answer that nobody reads has no end, and what its status tells is all there is. */

/** How long an answer may be there before its call counts without its end: the usual client gives up by then. */
export const UNREAD_MILLISECONDS = 30_000

/** Counts those whose answer has been there for so long, by default half a minute, and that nobody seems to read. */
export type CountUnread = (now: number, after?: number) => void

/** Whether somebody reads a message of `node:http`: it has an end, however late. Of undici that is not to be seen. */
export const isBeingRead = (message: { readonly readableFlowing?: unknown } | undefined) =>
  message?.readableFlowing === true
