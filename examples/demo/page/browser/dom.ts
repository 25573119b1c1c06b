/** Everything that is shown goes through here, as text and never as markup: what a span says is not ours to trust. */

/** What a node may be made with. */
export interface Properties {
  class?: string
  title?: string
  text?: string
  attributes?: Readonly<Record<string, string>>
  onClick?: () => void
}

/** Makes an element. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, title, text, attributes = {}, onClick }: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag)
  if (className !== undefined) element.className = className
  if (title !== undefined) element.title = title
  if (text !== undefined) element.textContent = text
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  if (onClick) element.addEventListener('click', onClick)
  element.append(...children)
  return element
}

/** The element of that id, which the page is known to have. */
export const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element
}

/** Writes a text only where it is another one, so that nothing is announced or drawn again without need. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

/** A square of this colour. The style is set by script, which the page's own policy allows. */
export const swatch = (colour: string): HTMLElement => {
  const square = el('span', { class: 'swatch', attributes: { 'aria-hidden': 'true' } })
  square.style.background = colour
  return square
}

/** A path that a line may break after each slash of. */
export const path = (text: string): (Node | string)[] => text.split(/(?<=\/)/).flatMap((part) => [part, el('wbr')])

/** A cell of a table. */
export const cell = (text: string, className?: string): HTMLTableCellElement =>
  el('td', className === undefined ? { text } : { text, class: className })

/** Where an alert is explained. */
export const runbookLink = (alert: string): HTMLAnchorElement =>
  el('a', { text: alert, attributes: { href: `/runbook#${alert.toLowerCase()}`, target: '_blank', rel: 'noopener' } })
