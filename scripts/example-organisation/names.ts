/** Made-up people of a mixed Australian workforce: given names go with family names of the same or of any origin. */
import type { Seeded } from './seeded.ts'

/** Given to anybody. */
const middleNames = [
  'Lee',
  'Kim',
  'Rae',
  'Robin',
  'Alex',
  'Jordan',
  'Morgan',
  'Noor',
  'An',
  'Sky',
  'Jules',
  'Ari',
]

interface NamePool {
  /** Of 100 people, how many come from this pool. */
  readonly share: number
  readonly given: readonly string[]
  readonly family: readonly string[]
}

const list = (text: string): string[] => text.trim().split(/\s+/)

const everyday = list(`
  Amelia Grace Olivia Charlotte Isla Matilda Ruby Zoë Harriet Renée Bronwyn Kerryn Megan Tracey Leanne Fiona Heather
  Jack Oliver Lachlan Hamish Angus Declan Finn Bradley Darren Wayne Stuart Gavin Ethan Liam Noah Thomas Anne-Marie Jo`)

const pools: readonly NamePool[] = [
  {
    share: 38,
    given: everyday,
    family: list(`
      Walsh O'Brien O'Connor McKenzie Fitzgerald Hartley Pemberton Whitlock Thornbury Ashworth Brennan Gallagher Doyle
      Sutherland Mackay Rowntree Barlow Hodgson Prescott Kirkwood Lang-Murray Smith-Carter Hayward Dunstan Tregenza`),
  },
  {
    share: 12,
    given: list('Priya Anjali Deepa Harpreet Manpreet Kavita Rohan Arjun Vikram Suresh Gurpreet Nisha'),
    family: list("Sharma Kaur Singh Nair Iyer Patel D'Souza Fernando Perera Thapa Gurung Menon"),
  },
  {
    share: 12,
    given: list('Mei Xiu Jing Wei Hao Yan Lan Linh Thảo Minh Quân Hương Bảo Yuki Ji-won'),
    family: list('Chen Zhang Liu Huang Wong Nguyễn Trần Phạm Lê Đặng Tanaka Park Kwon'),
  },
  {
    share: 10,
    given: list('Maria Rosa Josefina Angelica Jerome Rodel Mateo José Lucía Inés Camila Santiago'),
    family: ['Dela Cruz', ...list('Santos Reyes Villanueva Bautista Muñoz Peña Álvarez Rodrigues Quispe')],
  },
  {
    share: 9,
    given: list(
      'Eleni Sofia Giulia Marco Nikos Stavros Katarzyna Łukasz Jürgen Anneliese Björn Dragana Milan',
    ),
    family: list(
      "Papadopoulos Rossi D'Angelo Kowalski Müller Schäfer Sørensen Jovanović Petrovska Vella Novák",
    ),
  },
  {
    share: 7,
    given: list('Amina Fatima Layla Yasmin Omar Hassan Khaled Zahra Reza Mahmoud'),
    family: list('Al-Hassan Haddad Khoury Rahimi Ahmadi Yılmaz Demir Siddiqui Chowdhury El-Masri'),
  },
  {
    share: 6,
    given: list('Sione Mele Tevita Lupe Tāne Aroha Ngaire Hēmi Manaia Talia'),
    family: list("Tupou Fonoti Leota Faleolo Taufa Ngata Parata Te-Rangi Vainikolo Tu'inukuafe"),
  },
  {
    share: 6,
    given: list('Chidi Ngozi Abebe Tigist Achol Deng Thandiwe Kwame Selam Yohannes'),
    family: list('Okonkwo Adeyemi Tesfaye Bekele Deng Mabior Moyo Mensah Ndlovu Haile'),
  },
]

/** People who have one name only: many do, and HR systems leave the other field empty. */
export const singleName = 'Sukarti'

export interface FullName {
  readonly first: string
  readonly middle: string
  readonly last: string
}

/** Names without end, no two alike. */
export function nameSource(chance: Seeded): () => FullName {
  const taken = new Set<string>()
  const drawPool = (): NamePool => {
    let place = chance.whole(1, 100)
    for (const pool of pools) {
      place -= pool.share
      if (place <= 0) return pool
    }
    throw new Error('The shares of the name pools do not add up to 100.')
  }
  return () => {
    for (;;) {
      const pool = drawPool()
      const first = chance.pick(chance.chance(70) ? pool.given : everyday)
      const last = chance.pick(pool.family)
      if (taken.has(`${first} ${last}`)) continue
      taken.add(`${first} ${last}`)
      return { first, last, middle: chance.chance(45) ? chance.pick(middleNames) : '' }
    }
  }
}
