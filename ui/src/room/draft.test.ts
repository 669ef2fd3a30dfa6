import { beforeEach, describe, expect, it } from 'vitest'
import type { Memory } from '../transport/storage'
import { Draft } from './draft'

const memory = (): Memory => {
  const kept = new Map<string, string>()
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => {
      kept.set(key, value)
      return true
    },
    remove: (key) => kept.delete(key),
    keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
  }
}

describe('what is being written', () => {
  let storage: Memory
  let draft: Draft
  const reloaded = () => new Draft(storage, 'den').writing.value
  beforeEach(() => {
    storage = memory()
    draft = new Draft(storage, 'den')
  })

  it('is there after a reload, in its own room only', () => {
    draft.write('half a th')
    draft.answer('a')
    expect(reloaded()).toEqual({ text: 'half a th', reply: 'a', editing: null })
    expect(new Draft(storage, 'attic').writing.value.text).toBe('')
  })

  it('goes to the room that it turns out to be for, and what waited there is not lost', () => {
    const somewhere = new Draft(storage, 'h:1')
    draft.write('before')
    somewhere.write('and now')
    somewhere.open('den')
    expect(somewhere.writing.value.text).toBe('before\nand now')
    expect(reloaded().text).toBe('before\nand now')
    expect(new Draft(storage, 'h:1').writing.value.text).toBe('')
  })

  it('is kept by nobody once it is taken', () => {
    draft.write('hello')
    expect(draft.take()).toEqual({ text: 'hello', reply: null, editing: null })
    expect(storage.keys('')).toEqual([])
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
    const again = new Draft(storage, 'den')
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
      storage.set('snug.draft.den', stored)
      expect(reloaded().text).toBe('')
    }
  })
})
