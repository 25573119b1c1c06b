import { byId, setText } from './dom.ts'

/** Shows what is wrong with the page itself: a demo that fails silently proves nothing. */
export const showProblem = (text: string | undefined): void => {
  const banner = byId('problem')
  setText(banner, text ?? '')
  banner.hidden = text === undefined
}

/** Shows errors nobody caught. */
export const watchProblems = (): void => {
  addEventListener('error', ({ message }) => showProblem(`This page has an error: ${message}`))
  addEventListener('unhandledrejection', ({ reason }) => showProblem(`This page has an error: ${String(reason)}`))
}
