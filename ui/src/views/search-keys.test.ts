import { describe, expect, it } from 'vitest'
import { searchKey, searchKeys } from './search-keys'

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false }

describe('the keys that open the search', () => {
  it('are F and K with Ctrl or Cmd, on any keyboard and under Caps Lock', () => {
    expect(searchKey({ ...NONE, ctrlKey: true, key: 'f', code: 'KeyF' })).toBe('f')
    expect(searchKey({ ...NONE, ctrlKey: true, key: 'F', code: 'KeyF' })).toBe('f')
    expect(searchKey({ ...NONE, metaKey: true, key: 'k', code: 'KeyK' })).toBe('k')
    expect(searchKey({ ...NONE, ctrlKey: true, key: 'ㄹ', code: 'KeyF' })).toBe('f')
    // Where Dvorak has its F, a keyboard's own letter counts.
    expect(searchKey({ ...NONE, ctrlKey: true, key: 'u', code: 'KeyF' })).toBeNull()
    expect(searchKey({ ...NONE, ctrlKey: true, key: 'f', code: 'KeyY' })).toBe('f')
  })

  it('are none of what means something else', () => {
    expect(searchKey({ ...NONE, key: 'f', code: 'KeyF' })).toBeNull()
    expect(searchKey({ ...NONE, ctrlKey: true, shiftKey: true, key: 'F', code: 'KeyF' })).toBeNull()
    expect(searchKey({ ...NONE, ctrlKey: true, altKey: true, key: 'f', code: 'KeyF' })).toBeNull()
    expect(searchKey({ ...NONE, ctrlKey: true, isComposing: true, key: 'f', code: 'KeyF' })).toBeNull()
    expect(searchKey({ ...NONE, ctrlKey: true, key: 'F5', code: 'F5' })).toBeNull()
  })

  it('are called as the system calls them', () => {
    expect(searchKeys('MacIntel')).toBe('⌘F')
    expect(searchKeys('Linux x86_64')).toBe('Ctrl+F')
  })
})
