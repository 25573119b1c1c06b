import { byId, setText } from './dom.ts'

const CHOICES = ['system', 'light', 'dark'] as const
type Choice = (typeof CHOICES)[number]

const KEY = 'theme'

/** Where the browser keeps nothing for us, the choice lasts as long as the page. */
const stored = (): Choice => {
  try {
    return CHOICES.find((choice) => choice === localStorage.getItem(KEY)) ?? 'system'
  } catch {
    return 'system'
  }
}

/** The button that goes from system to light to dark; calls back whenever colours have changed. */
export const startTheme = (changed: () => void): void => {
  const button = byId('theme')
  let choice = stored()
  const apply = () => {
    if (choice === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = choice
    setText(button, `Theme: ${choice}`)
    changed()
  }
  button.addEventListener('click', () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? 'system'
    try {
      localStorage.setItem(KEY, choice)
    } catch {
      // Not kept, that is all.
    }
    apply()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
  apply()
}

/** A colour of the style sheet, for what is drawn on a canvas. */
export const themeColour = (name: 'text' | 'muted' | 'line' | 'card'): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
