import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Rows } from './rows'

/** As much of an element as there is to a row, or to a button in one. */
class Part {
  /** Whether it shows that it has the focus. */
  visible = true
  readonly dataset: { key?: string }

  constructor(
    private readonly page: { activeElement: unknown },
    key?: string,
    private readonly row: Part | null = null,
  ) {
    this.dataset = key === undefined ? {} : { key }
  }
  closest(): Part | null {
    return this.row ?? (this.dataset.key === undefined ? null : this)
  }
  matches(): boolean {
    return this.visible
  }
  focus(options?: FocusOptions): void {
    expect(options, 'the log stays where it is').toEqual({ preventScroll: true })
    this.page.activeElement = this
  }
}

describe('the focus while rows change', () => {
  const page: { activeElement: unknown; body: unknown } = { activeElement: null, body: null }
  let rows: Rows
  const row = (key: string) => new Part(page, key)
  const isIn = (it: Part) => {
    page.activeElement = it
  }
  /** These are there from now on, and none of those before. */
  const become = (...now: Part[]) => {
    rows.note()
    if (page.activeElement !== composer) page.activeElement = page.body
    rows.settle({ querySelectorAll: () => now } as unknown as HTMLElement)
  }
  const composer = new Part(page)

  beforeEach(() => {
    vi.stubGlobal('Element', Part)
    vi.stubGlobal('document', page)
    page.body = new Part(page)
    page.activeElement = page.body
    rows = new Rows()
  })
  afterEach(() => vi.unstubAllGlobals())

  it('goes to the row that comes in the place of the one that had it', () => {
    isIn(row('b'))
    const sent = row('b')
    become(row('a'), sent)
    expect(page.activeElement).toBe(sent)
  })

  it('goes to the row of a button that is gone, unless a pointer had pressed that', () => {
    const button = new Part(page, undefined, row('a'))
    isIn(button)
    const now = row('a')
    become(now)
    expect(page.activeElement).toBe(now)
    button.visible = false
    isIn(button)
    become(row('a'))
    expect(page.activeElement).toBe(page.body)
  })

  it('stays where it is otherwise', () => {
    isIn(composer)
    become(row('a'))
    expect(page.activeElement).toBe(composer)
    page.activeElement = page.body
    become(row('a'))
    expect(page.activeElement).toBe(page.body)
  })

  it('is lost with a row in whose place none comes', () => {
    isIn(row('a'))
    become(row('b'))
    expect(page.activeElement).toBe(page.body)
    become(row('a'))
    expect(page.activeElement).toBe(page.body)
  })
})
