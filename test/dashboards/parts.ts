/** The shipped dashboard taken apart, for the tests that read its file. */
import { type Panel, panelsOf, promqlOf, shipped } from './model.ts'

/** The whole file. */
export const dashboard = shipped()
/** Every panel that is not a row. */
export const panels = panelsOf(dashboard)
/** Every PromQL query. */
export const queries = promqlOf(dashboard)
/** The file as text. */
export const text = JSON.stringify(dashboard)
/** A title without its unit in parentheses. */
export const base = (panel: Panel): string => panel.title.replace(/ \([^)]*\)$/, '')
/** A range of three hours, with every variable on All. */
export const CHOICE = { from: 1_700_000_000, to: 1_700_010_800 }
