/** Which screen is shown. It is in the address behind `#`, so that the phone's own Back works; a `#` never reaches a server. */
import { useEffect, useState } from 'preact/hooks'

export type Place =
  | { readonly name: 'start' | 'list' | 'review' | 'notMe' | 'thanks' }
  | { readonly name: 'item' | 'decline'; readonly itemId: string }

export function placeOf(hash: string): Place {
  const [name = '', id = '', more = ''] = hash.replace(/^#\/?/, '').split('/')
  if (name === 'item' && id !== '')
    return { name: more === 'none' ? 'decline' : 'item', itemId: decodeURIComponent(id) }
  if (name === 'list' || name === 'review' || name === 'thanks') return { name }
  return name === 'not-me' ? { name: 'notMe' } : { name: 'start' }
}

export function hashOf(place: Place): string {
  switch (place.name) {
    case 'item':
      return `#/item/${encodeURIComponent(place.itemId)}`
    case 'decline':
      return `#/item/${encodeURIComponent(place.itemId)}/none`
    case 'notMe':
      return '#/not-me'
    case 'start':
      return '#/'
    case 'list':
    case 'review':
    case 'thanks':
      return `#/${place.name}`
  }
}

export function go(place: Place): void {
  location.hash = hashOf(place)
}

export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = (): void => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return placeOf(hash)
}
