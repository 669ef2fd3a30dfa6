import { describe, expect, it } from 'vitest'
import { isAstray, writes } from './typing-anywhere'

const NONE = {
  key: '',
  keyCode: 0,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  defaultPrevented: false,
}

describe('a key that writes something', () => {
  it('is any letter, figure and sign', () => {
    for (const key of ['a', 'A', 'ß', 'ㅎ', '7', '?', ':', '@', '🙂']) {
      expect(writes({ ...NONE, key }), key).toBe(true)
    }
  })

  it('is what begins to compose', () => {
    expect(writes({ ...NONE, key: 'Process', keyCode: 229 })).toBe(true)
    expect(writes({ ...NONE, key: 'Process' })).toBe(true)
    expect(writes({ ...NONE, key: 'ㅎ', keyCode: 229 })).toBe(true)
    expect(writes({ ...NONE, key: 'Dead' })).toBe(true)
  })

  it('is none that moves, presses or leaves', () => {
    const others = [' ', '\u3000', 'Enter', 'Escape', 'Tab', 'ArrowUp', 'Home', 'Backspace', 'Shift', 'F5']
    for (const key of others) expect(writes({ ...NONE, key }), key).toBe(false)
  })

  it('is none with a modifier, none of a composition and none that somebody took', () => {
    for (const it of ['ctrlKey', 'altKey', 'metaKey', 'isComposing', 'defaultPrevented']) {
      expect(writes({ ...NONE, key: 'c', [it]: true }), it).toBe(false)
      expect(writes({ ...NONE, key: 'Process', keyCode: 229, [it]: true }), it).toBe(false)
    }
  })
})

describe('what is typed', () => {
  const page = (focus: string | null, dialog = false) => ({
    activeElement:
      focus === null ? null : { matches: (fields: string) => fields.split(', ').includes(focus) },
    querySelector: (selectors: string) => (dialog && selectors === 'dialog[open]' ? {} : null),
  })

  it('is astray at the page itself, a message and a button', () => {
    for (const focus of [null, 'body', 'article', 'button', 'a']) expect(isAstray(page(focus))).toBe(true)
  })

  it('is where it belongs in any field', () => {
    for (const focus of ['input', 'textarea', 'select']) expect(isAstray(page(focus))).toBe(false)
  })

  it('is for whatever is open', () => {
    expect(isAstray(page('button', true))).toBe(false)
  })
})
