import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** WCAG 2.2, 1.4.3: text of the usual size against what is behind it. */
const AA = 4.5

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

/** The tokens of a theme; the dark one changes some of the light one's. */
function tokens(theme: 'light' | 'dark'): Map<string, string> {
  const [, light = '', dark = ''] = css.split(/:root(?:\[data-theme="dark"\])? \{/)
  const blocks = theme === 'light' ? [light] : [light, dark]
  return new Map(
    blocks.flatMap((block) =>
      [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(
        ([, name = '', value = '']) => [name, value] as const,
      ),
    ),
  )
}

/** Relative luminance of an OKLCH colour as a screen shows it. https://bottosson.github.io/posts/oklab/ */
function luminance(light: number, chroma: number, hue: number): number {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)]
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((part) => Math.min(1, Math.max(0, part)))
  const [red = 0, green = 0, blue = 0] = linear
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  const known = tokens(theme)
  const number = (name: string) => Number.parseFloat(known.get(name) ?? 'NaN')
  const colour = (name: string) => {
    const [light = Number.NaN, chroma = Number.NaN, hue = Number.NaN] = (
      known.get(name)?.match(/^oklch\(([\d. ]+)\)$/)?.[1] ?? ''
    )
      .split(' ')
      .map(Number.parseFloat)
    return luminance(light, chroma, hue)
  }
  const hues = Array.from({ length: 360 }, (_, hue) => hue)

  it.each(['ground', 'surface', 'sunken'])('shows every member’s name readably on %s', (ground) => {
    const behind = colour(ground)
    const worst = hues.map((hue) =>
      contrast(luminance(number('author-light'), number('author-chroma'), hue), behind),
    )
    expect(Math.min(...worst)).toBeGreaterThanOrEqual(AA)
  })

  it('shows every member’s initials readably', () => {
    const worst = hues.map((hue) =>
      contrast(
        luminance(number('avatar-text-light'), 0.09, hue),
        luminance(number('avatar-ground-light'), number('avatar-ground-chroma'), hue),
      ),
    )
    expect(Math.min(...worst)).toBeGreaterThanOrEqual(AA)
  })

  it.each(['text', 'muted', 'ember-text', 'danger', 'good-text'])('shows %s readably', (name) => {
    for (const ground of ['ground', 'surface', 'sunken']) {
      expect(contrast(colour(name), colour(ground)), ground).toBeGreaterThanOrEqual(AA)
    }
  })
})
