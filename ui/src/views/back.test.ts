import { beforeEach, describe, expect, it } from 'vitest'
import { Back } from './back'

/** A browser's history of one page: it moves a moment after it was told to, and says where it is then. */
class Browser {
  /** The depth that each entry is marked with; the first is the page's own. */
  entries = [0]
  at = 0
  back: Back
  open: string[] = []
  private moves: number[] = []

  constructor() {
    this.back = this.loaded()
  }

  /** The page as it is after it was loaded, at the entry one is at. */
  loaded(): Back {
    const past = {
      push: (depth: number) => {
        this.entries = [...this.entries.slice(0, this.at + 1), depth]
        this.at += 1
      },
      go: (steps: number) => this.moves.push(steps),
    }
    return new Back(past, this.entries[this.at])
  }

  async settles(): Promise<void> {
    for (let rounds = 0; rounds < 10; rounds += 1) {
      const steps = this.moves.shift()
      if (steps !== undefined) this.moveBy(steps)
      await new Promise((done) => setTimeout(done))
    }
  }

  async presses(steps: 1 | -1): Promise<void> {
    this.moveBy(steps)
    await this.settles()
  }

  /** Opens something that is gone once it is closed. What this returns closes it otherwise. */
  opens(name: string): () => void {
    this.open.push(name)
    const close = () => {
      if (!this.open.includes(name)) return
      this.open = this.open.filter((it) => it !== name)
      closed()
    }
    const closed = this.back.opens(close)
    return close
  }

  private moveBy(steps: number): void {
    this.at += steps
    expect(this.at, 'it never leaves the page').toBeGreaterThanOrEqual(0)
    this.back.moved(this.entries[this.at] ?? 0)
  }
}

describe('the back button', () => {
  let browser: Browser
  beforeEach(() => {
    browser = new Browser()
  })

  it('closes what was opened last, one after the other, and stays in the room', async () => {
    browser.opens('people')
    browser.opens('keep order')
    await browser.presses(-1)
    expect(browser.open).toEqual(['people'])
    await browser.presses(-1)
    expect(browser.open).toEqual([])
    expect(browser.at).toBe(0)
  })

  it('has nothing left to close of what was closed otherwise', async () => {
    const close = browser.opens('settings')
    await browser.settles()
    close()
    await browser.settles()
    expect(browser.at).toBe(0)
  })

  it('closes what was opened in the place of another, at once or a moment later', async () => {
    for (const wait of [false, true]) {
      browser = new Browser()
      const close = browser.opens('settings')
      await browser.settles()
      close()
      if (wait) await Promise.resolve()
      browser.opens('export')
      await browser.settles()
      expect(browser.at).toBe(1)
      await browser.presses(-1)
      expect(browser.open).toEqual([])
      expect(browser.at).toBe(0)
    }
  })

  it('goes forward to nothing that is closed', async () => {
    browser.opens('people')
    await browser.presses(-1)
    await browser.presses(1)
    expect(browser.open).toEqual([])
    expect(browser.at).toBe(0)
  })

  it('leaves open what doesn’t close, and asks again the next time', async () => {
    let asked = 0
    browser.back.opens(() => {
      asked += 1
    })
    await browser.presses(-1)
    await browser.presses(-1)
    expect(asked).toBe(2)
    expect(browser.at).toBe(1)
  })

  it('closes what is opened after the page was loaded anew under something open', async () => {
    browser.opens('people')
    await browser.settles()
    browser.open = []
    browser.back = browser.loaded()
    browser.opens('invite')
    await browser.presses(-1)
    expect(browser.open).toEqual([])
    expect(browser.at).toBe(0)
  })
})
