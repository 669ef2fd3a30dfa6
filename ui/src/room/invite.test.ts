import { describe, expect, it } from 'vitest'
import {
  inviteAt,
  inviteKey,
  inviteLink,
  messageAt,
  messageIn,
  messageLink,
  messagePasted,
  parseInvite,
} from './invite'

const SECRET = 'pMALvwE56m85w5TNaEPJng'

describe('an invite', () => {
  it.each([
    [`http://192.168.1.20:7684/r/kag2ehzt#${SECRET}`, '192.168.1.20:7684', 'kag2ehzt', SECRET],
    [`  http://192.168.1.20:7684/r/kag2ehzt#${SECRET}\n`, '192.168.1.20:7684', 'kag2ehzt', SECRET],
    [`<http://den.local:7684/r/kag2ehzt#${SECRET}>`, 'den.local:7684', 'kag2ehzt', SECRET],
    [`192.168.1.20:7684/r/kag2ehzt#${SECRET}`, '192.168.1.20:7684', 'kag2ehzt', SECRET],
    [`http://[fe80::1]:7684/r/kag2ehzt#${SECRET}`, '[fe80::1]:7684', 'kag2ehzt', SECRET],
    ['http://192.168.1.20:7684/r/kag2ehzt', '192.168.1.20:7684', 'kag2ehzt', undefined],
    ['http://192.168.1.20:7684/', '192.168.1.20:7684', undefined, undefined],
    ['192.168.1.20:7685', '192.168.1.20:7685', undefined, undefined],
    ['192.168.1.20', '192.168.1.20:7684', undefined, undefined],
    ['localhost:7684', 'localhost:7684', undefined, undefined],
    ['localhost', 'localhost:7684', undefined, undefined],
    ['http://192.168.1.20/r/kag2ehzt', '192.168.1.20', 'kag2ehzt', undefined],
  ])('is read from %j', (text, address, room, secret) => {
    const invite = parseInvite(text)
    expect(invite).not.toBeNull()
    expect([invite?.address, invite?.room, invite?.secret]).toEqual([address, room, secret])
  })

  it.each([
    '',
    '   ',
    'hello',
    'come to my room',
    'https://example.com/r/kag2ehzt#x',
    'javascript:alert(1)',
    'ftp://192.168.1.20/r/kag2ehzt',
    'http://192.168.1.20:7684/somewhere/else',
    'http://user:pass@192.168.1.20:7684/r/kag2ehzt',
    'http://192.168.1.20:99999/r/kag2ehzt',
    'http://',
  ])('is not read from %j', (text) => {
    expect(parseInvite(text)).toBeNull()
  })

  it('is written the way it is read', () => {
    const link = `http://192.168.1.20:7684/r/kag2ehzt#${SECRET}`
    const invite = parseInvite(link)
    expect(invite && inviteLink(invite)).toBe(link)
    expect(inviteLink({ address: '10.0.0.2:7684' })).toBe('http://10.0.0.2:7684/')
  })

  it('is found in the page’s own address', () => {
    expect(inviteAt({ host: 'h:1', pathname: '/r/den', hash: `#${SECRET}` })).toEqual({
      address: 'h:1',
      room: 'den',
      secret: SECRET,
    })
    expect(inviteAt({ host: 'h:1', pathname: '/', hash: '' })).toEqual({ address: 'h:1' })
    expect(inviteAt({ host: 'h:1', pathname: '/', hash: '#<img>' })).toEqual({ address: 'h:1' })
  })

  it('is kept under its room, or its address', () => {
    expect(inviteKey({ address: 'h:1', room: 'den' })).toBe('den')
    expect(inviteKey({ address: 'h:1' })).toBe('h:1')
  })
})

describe('a link to a message', () => {
  const id = 'a b#ü&=%/'.replace(/[^!-~]/g, '')
  it('leads there and carries no secret', () => {
    const link = messageLink('http://192.168.1.20:7684/r/a901as5y#aKqI_REJ7Z7HkIC-VcXmRw', id)
    expect(link).not.toContain('aKqI')
    expect(messageIn(link, 'a901as5y')).toBe(id)
    expect(messagePasted(` ${link}\n`)).toBe(id)
    expect(parseInvite(link)).toEqual({ address: '192.168.1.20:7684', room: 'a901as5y' })
  })

  it('is one to a message in this room only, at any of its addresses', () => {
    expect(messageIn('http://localhost:7684/r/a901as5y#m=x', 'a901as5y')).toBe('x')
    expect(messageIn('http://192.168.1.20:7684/r/other#m=x', 'a901as5y')).toBe(null)
    expect(messageIn('http://192.168.1.20:7684/r/a901as5y', 'a901as5y')).toBe(null)
    expect(messageIn('https://example.com/r/a901as5y#m=x', 'a901as5y')).toBe(null)
    expect(messageIn('nothing', 'a901as5y')).toBe(null)
  })

  it('is none where no id is', () => {
    for (const hash of [
      '',
      '#',
      '#m=',
      '#m=%',
      '#m=%20',
      `#m=${'x'.repeat(65)}`,
      '#aKqI_REJ7Z7HkIC-VcXmRw',
      '#m=é',
    ])
      expect(messageAt({ hash })).toBe(null)
    expect(messagePasted('http://192.168.1.20:7684/r/a901as5y')).toBe(null)
  })
})
