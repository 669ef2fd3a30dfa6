import { beforeEach, describe, expect, it } from 'vitest'
import type { Memory } from '../transport/storage'
import { Draft } from './draft'

/** Over what is stored; `told` hears of each change, and `full` lets in no more. */
const memory = (
  stored: Map<string, string>,
  told: (key: string, before: string | null, now: string | null) => void = () => {},
  full = () => false,
): Memory => {
  const change = (key: string, now: string | null) => {
    const before = stored.get(key) ?? null
    if (now === null) stored.delete(key)
    else stored.set(key, now)
    if (before !== now) told(key, before, now)
  }
  return {
    get: (key) => stored.get(key) ?? null,
    set(key, value) {
      if (full()) return false
      change(key, value)
      return true
    },
    remove: (key) => change(key, null),
    keys: (prefix) => [...stored.keys()].filter((key) => key.startsWith(prefix)),
  }
}

/** A tab, with what it keeps for itself. */
class Tab {
  draft: Draft

  constructor(
    private readonly browser: Browser,
    private readonly session: Map<string, string>,
    room: string,
  ) {
    const tab = memory(session, undefined, () => browser.full)
    const local = memory(
      browser.stored,
      (...change) => browser.news.push([this, change]),
      () => browser.full,
    )
    this.draft = new Draft(tab, local, room)
    browser.tabs.add(this)
    browser.settles()
  }

  get text() {
    return this.draft.writing.value.text
  }
  writes(text: string) {
    this.draft.write(text)
    this.browser.settles()
  }
  says() {
    const { text } = this.draft.take()
    this.browser.settles()
    return text
  }
  closes() {
    this.browser.tabs.delete(this)
  }
  reloads(room = 'den') {
    this.closes()
    return new Tab(this.browser, this.session, room)
  }
}

/** Tells each of its tabs what the others store, a moment later. */
class Browser {
  stored = new Map<string, string>()
  tabs = new Set<Tab>()
  news: [Tab, [string, string | null, string | null]][] = []
  full = false

  opens(room = 'den') {
    return new Tab(this, new Map(), room)
  }
  settles() {
    for (let next = this.news.shift(); next; next = this.news.shift()) {
      const [by, change] = next
      for (const tab of this.tabs) if (tab !== by) tab.draft.elsewhere(...change)
    }
  }
}

describe('what is being written', () => {
  let kept: Map<string, string>
  let draft: Draft
  const opens = (room: string) => new Draft(memory(kept), memory(new Map()), room)
  const reloaded = () => opens('den').writing.value
  beforeEach(() => {
    kept = new Map()
    draft = opens('den')
  })

  it('is there after a reload, in its own room only', () => {
    draft.write('half a th')
    draft.answer('a')
    expect(reloaded()).toEqual({ text: 'half a th', reply: 'a', editing: null })
    expect(opens('attic').writing.value.text).toBe('')
  })

  it('goes to the room that it turns out to be for, and what waited there is not lost', () => {
    const somewhere = opens('h:1')
    draft.write('before')
    somewhere.write('and now')
    somewhere.open('den')
    expect(somewhere.writing.value.text).toBe('before\nand now')
    expect(reloaded().text).toBe('before\nand now')
    expect(opens('h:1').writing.value.text).toBe('')
  })

  it('is kept by nobody once it is taken', () => {
    draft.write('hello')
    expect(draft.take()).toEqual({ text: 'hello', reply: null, editing: null })
    expect(kept.size).toBe(0)
  })

  it('waits while other words are found for a message', () => {
    draft.write('half a th')
    draft.answer('a')
    draft.edit('b', 'helo')
    draft.write('hello')
    expect(reloaded()).toEqual({ text: 'hello', reply: null, editing: 'b' })
    expect(draft.take()).toEqual({ text: 'hello', reply: null, editing: 'b' })
    expect(draft.writing.value).toEqual({ text: 'half a th', reply: 'a', editing: null })
    expect(reloaded()).toEqual({ text: 'half a th', reply: 'a', editing: null })
  })

  it('is the draft again when the editing is left off, after a reload too', () => {
    draft.write('half a th')
    draft.edit('b', 'helo')
    const again = opens('den')
    again.cancel()
    expect(again.writing.value.text).toBe('half a th')
    expect(reloaded().text).toBe('half a th')
  })

  it('goes on from one message to another without losing the draft', () => {
    draft.write('half a th')
    draft.edit('b', 'helo')
    draft.edit('c', 'wrld')
    draft.cancel()
    expect(draft.writing.value.text).toBe('half a th')
    draft.edit('b', 'helo')
    draft.answer('a')
    expect(draft.writing.value).toEqual({ text: 'half a th', reply: 'a', editing: null })
  })

  it('is no answer any more when that is left off, and keeps its words', () => {
    draft.write('yes')
    draft.answer('a')
    draft.cancel()
    expect(draft.writing.value).toEqual({ text: 'yes', reply: null, editing: null })
  })

  it('is nothing where what is stored is no draft', () => {
    for (const stored of ['half a th', '7', 'null', '{"text":7}', '{']) {
      kept.set('snug.draft.den', stored)
      expect(reloaded().text).toBe('')
    }
  })
})

describe('what is being written in several tabs', () => {
  let browser: Browser
  let first: Tab
  beforeEach(() => {
    browser = new Browser()
    first = browser.opens()
  })

  it('is not lost by a reload when something else is said in another tab', () => {
    first.writes('a long text')
    const second = browser.opens()
    second.writes('ok')
    expect(second.says()).toBe('ok')
    expect(first.reloads().text).toBe('a long text')
  })

  it('is there at the next visit, and no more once it is said', () => {
    first.writes('half a th')
    first.closes()
    const again = browser.opens()
    expect(again.text).toBe('half a th')
    expect(again.reloads().text).toBe('half a th')
    again.says()
    again.closes()
    expect(browser.opens().text).toBe('')
    expect(browser.stored.size).toBe(0)
  })

  it('is there at the next visit, too, when another tab has written and said something since', () => {
    first.writes('half a th')
    const second = browser.opens()
    second.writes('ok')
    second.says()
    first.closes()
    second.closes()
    expect(browser.opens().text).toBe('half a th')
  })

  it('is left to the tab that has it open', () => {
    first.writes('half a th')
    first.draft.answer('a')
    const second = browser.opens()
    expect(second.draft.writing.value).toEqual({ text: '', reply: null, editing: null })
    expect(first.text).toBe('half a th')
    first.draft.edit('b', 'helo')
    expect(browser.opens().draft.writing.value.editing).toBeNull()
  })

  it('is left to that tab after it was loaded anew, too', () => {
    first.writes('half a th')
    first = first.reloads()
    expect(browser.opens().text).toBe('')
    expect(first.text).toBe('half a th')
  })

  it('is shown by one of two tabs that both come after it was left', () => {
    first.writes('half a th')
    first.closes()
    const [second, third] = [browser.opens(), browser.opens()]
    expect([second.text, third.text]).toEqual(['half a th', ''])
    third.writes('ok')
    expect(second.reloads().text).toBe('half a th')
  })

  it('is nowhere offered any more once it is said', () => {
    first.writes('half a th')
    // It is asked too late: the tab that wrote it does nothing in the background.
    browser.tabs.delete(first)
    const second = browser.opens()
    expect(second.text).toBe('half a th')
    browser.tabs.add(first)
    first.says()
    expect(second.text).toBe('')
    expect(second.reloads().text).toBe('')
    expect(browser.opens().text).toBe('')
  })

  it('is kept by one tab where another has deleted it', () => {
    first.writes('half a th')
    browser.tabs.delete(first)
    const second = browser.opens()
    browser.tabs.add(first)
    second.writes('')
    expect(first.text).toBe('half a th')
    first.closes()
    second.closes()
    expect(browser.opens().text).toBe('half a th')
  })

  it('stays where it was found when what was found is written over', () => {
    first.writes('half a th')
    first.closes()
    const second = browser.opens()
    browser.stored.clear()
    second.draft.elsewhere('snug.draft.den', null, '{"text":"something else"}')
    expect(second.reloads().text).toBe('half a th')
  })

  it('would be lost by a reload only where nothing can be stored', () => {
    first.writes('half a th')
    expect(first.draft.perishable).toBe(false)
    browser.full = true
    first.writes('half a thought')
    expect(first.draft.perishable).toBe(true)
    first.writes(' ')
    expect(first.draft.perishable).toBe(false)
    first.draft.edit('b', 'hello')
    expect(first.draft.perishable).toBe(true)
    first.draft.take()
    expect(first.draft.perishable).toBe(false)
  })
})
