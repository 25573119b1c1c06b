import { byId, setText } from './dom.ts'

/** The last error of the page itself: it stays, whatever the server tells, until the page is loaded again. */
let own: string | undefined
/** What else is wrong now. */
let current: string | undefined

/** Shows what is wrong, or that it no longer is: a demo that fails silently proves nothing. */
export const showProblem = (text: string | undefined): void => {
  current = text
  const all = [own, current].filter((each) => each !== undefined)
  const banner = byId('problem')
  setText(banner, all.join(' '))
  banner.hidden = all.length === 0
}

const showOwn = (error: string): void => {
  own = `This page has an error: ${error}.`
  showProblem(current)
}

/** Shows errors nobody caught. */
export const watchProblems = (): void => {
  addEventListener('error', ({ message }) => showOwn(message))
  addEventListener('unhandledrejection', ({ reason }) => showOwn(String(reason)))
}
