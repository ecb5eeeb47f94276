/**
 * People as an employer in Australia has them: names of many origins, common ones common and rare ones rare. Seeded, so that a test
 * means the same people each time. Nothing here comes from the code that compares names.
 */

export interface MadePerson {
  readonly given: string
  readonly middle: string | null
  readonly family: string
  readonly birthDate: string
  readonly state: string
  readonly origin: string
}

/** Mulberry32: small, and the same everywhere. */
export function seeded(seed: number): () => number {
  let at = seed >>> 0
  return () => {
    at = (at + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Origin {
  readonly name: string
  /** Of a hundred people. */
  readonly share: number
  /** The commoner first. */
  readonly given: readonly string[]
  readonly family: readonly string[]
  readonly middleShare: number
  /** Instead of given names. */
  readonly middle?: readonly string[]
  /** From which the long tail of rare names is put together: who has one of the rest, by their share. */
  readonly tailShare?: number
  readonly familyParts?: readonly (readonly string[])[]
  /** Given names of two parts, as often as the others. */
  readonly givenParts?: readonly [readonly string[], readonly string[]]
}

const list = (text: string): string[] => text.trim().split(/\s+/)

const origins: readonly Origin[] = [
  {
    name: 'Anglo',
    share: 52,
    middleShare: 0.75,
    given:
      list(`Jessica Sarah Emma James Michael Matthew Daniel Joshua Thomas Lauren Emily Rebecca Michelle Karen Susan Jennifer
      Andrew David Christopher Benjamin Samuel Rachel Kate Amanda Nicole Melissa Kelly Lisa Julie Sandra Helen Margaret Robert John
      Peter Paul Mark Stephen Luke Nathan Adam Jack William Charlotte Olivia Amelia Grace Hannah Megan Chloe Zoe Tegan Bronwyn
      Kylie Shane Craig Brett Scott Glenn Darren Wayne Trevor Ian Graeme Heather Fiona Alison Judith Lynette Cheryl Wendy Robyn
      Gail Janine Debra Leanne Tracey Kerry Natalie Belinda Kirsty Skye Jade Amber Brooke Paige Mackenzie Lachlan Hamish Angus
      Callum Ewan Rhys Dylan Declan Connor Liam Patrick Sean Brendan Kieran Aidan Rory Harrison Lincoln Mason Hunter Cooper Riley
      Taylor Jordan Morgan Sienna Imogen Matilda Poppy Ruby Isla Evie Harriet Beatrice Winifred Edith Florence Mabel Rosalind Tiffany
      Danielle Stephanie Courtney Alyssa Bethany Caitlin Vanessa Veronica Yvonne Denise Maureen Colleen Noelene Dorothy Joan Joyce
      Marjorie Shirley Beverley Valerie Rhonda Sharon Donna Tania Simone Renee Monique Jacqueline Philippa Penelope Phoebe Freya
      Georgina Annabelle Clementine Tara Sheridan Tristan Sebastian Dominic Gabriel Julian Vincent Marcus Simon Timothy Jeremy
      Geoffrey Kenneth Raymond Ronald Leonard Desmond Clive Neville Barry Garry Rodney Russell Stuart Malcolm Duncan Alistair Fraser
      Gavin Bruce Keith Colin Norman Roy Leslie Reginald Percival Edmund Spencer Curtis Jarrod Jayden Kai Levi Elijah Isaac Ezra
      Jasper Archer Beau Flynn Heath Zane Clayton Troy Dean Damien Adrian Byron`),
    family:
      list(`Smith Jones Williams Brown Wilson Taylor Johnson White Martin Anderson Thompson Thomas Walker Harris Lee Ryan
      Robinson Kelly King Davis Wright Evans Roberts Green Hall Wood Jackson Clarke Patel Campbell Mitchell Turner Phillips Scott
      Edwards Cooper Parker Hill Young Murphy Stewart Baker Morris Watson Allen Moore Bell Murray Kennedy Bennett Cox Cook Ward
      Simpson Marshall Graham Reid Collins Richardson Shaw Webb Hughes Carter Adams Hamilton Fraser Hunt Palmer Ross Gray Rogers
      Henderson Mills Ford Chapman Fisher Grant Knight Barnes Butler Russell Harrison Davies Matthews Ferguson Lewis Burns Hart
      Lawson Sutherland Cunningham Dixon Gibson Doyle Byrne Quinn Nolan Brennan Gallagher Callaghan Hogan Whelan Sheehan Kavanagh
      Fitzgerald McDonald McKenzie McCarthy McGrath McMahon McLean McLeod Douglas Duncan Drummond Buchanan Lindsay Pritchard Powell
      Griffiths Bowen Vaughan Jenkins Rees Penrose Trevithick Featherstone Hollingsworth Winterbottom Ackroyd Thistlewood`),
    tailShare: 0.6,
    familyParts: [
      list(
        'Ash Black Brad Brom Burn Cald Chat Clif Cran Dal Ever Fair Gold Hart Haw Hem Holt Kirk Lang Lock Marl Nor Oak Pem Rad Rush Shel Stan Thorn Wake War Wes Whit Win Wood Wych',
      ),
      list('er ing en s el a ar in or i ber der ker mer'),
      list(
        'ton ley field ford ham worth by wick well brook burn stead man shaw gate dale hurst combe more land',
      ),
    ],
  },
  {
    name: 'Vietnamese',
    share: 5,
    middleShare: 0.85,
    middle: list('Thi Van Thi Van Minh Ngoc Duc Huu Thanh Quoc Kim Hong Xuan Dinh'),
    given:
      list(`Anh Hương Linh Hùng Tuấn Lan Mai Hoa Thảo Trang Minh Dũng Phương Hà Thủy Ngọc Hải Sơn Long Nam Bình Khánh Vy My
      Quỳnh Nhi Trâm Yến Tâm Hạnh Hiền Loan Nga Oanh Phúc Quang Thành Tiến Toàn Trung Việt Vinh Đức Đạt Giang Huy Khoa Kiên Lộc`),
    family: list(
      'Nguyễn Nguyễn Trần Lê Phạm Huỳnh Hoàng Vũ Phan Trương Bùi Đặng Đỗ Ngô Hồ Dương Đinh Lý Võ Đào Lâm Mai Tô Cao',
    ),
  },
  {
    name: 'Chinese',
    share: 8,
    middleShare: 0.12,
    given:
      list(`Wei Jing Li Yan Xin Min Hui Ying Fang Lei Jun Yang Jie Ming Xiao Hong Ping Ling Mei Jian Qiang Bo Tao Chao Yun Hua
      Xiaoming Xiaoyan Jianguo Weidong Meiling Yuting Zihan Haoran Yuxuan Ziyi Jiayi Xinyi Mingze Zhiqiang Guoqiang Chunhua
      Lihua Xiuying Guilan Wenjun Haiyan Yulan Siyu Ruoxi Tianyi Junjie Shanshan Peipei Kaili Vivian Jason Kevin Amy`),
    givenParts: [
      list(
        'Xiao Jia Yu Zi Hao Xin Jun Wen Hai Chun Gui Xiu Jian Guo Zhi Ming Shu Yi Li Mei Ting Ruo Si Tian Hong',
      ),
      list(
        'ping hua lan ying jun wei jie ting xuan han yi qing fen rong min bo tao chao feng lin yan na li hui xia',
      ),
    ],
    family:
      list(`Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Tang Han Cao
      Deng Feng Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Lam Chan Wong Cheung Ho Leung Ng
      Kwok Tsang Yip Fung Mak Siu Tse`),
  },
  {
    name: 'Indian',
    share: 13,
    middleShare: 0.3,
    given:
      list(`Priya Amit Rahul Anjali Neha Pooja Ravi Sanjay Rajesh Sunita Deepak Manpreet Gurpreet Harpreet Simran Jaspreet
      Kiran Anil Suresh Ramesh Kavita Nisha Divya Shreya Aarav Arjun Rohan Vivek Nikhil Aditya Karthik Lakshmi Meera Swathi
      Bindu Reena Sheeja Jincy Bibin Anoop Sreejith Vineeth Thushara Navdeep Kuldeep Amandeep Parminder Balwinder Sukhwinder
      Ankit Tejas Hardik Chirag Bhavesh Hetal Dipti Ishaan Kavya Ananya Tanvi Saanvi`),
    family:
      list(`Singh Kaur Kaur Singh Patel Sharma Kumar Gupta Shah Reddy Nair Menon Thomas Mathew Varghese Joseph George Jacob
      Iyer Rao Joshi Desai Mehta Verma Mishra Pandey Yadav Gill Sidhu Dhillon Sandhu Grewal Bajwa Chawla Kapoor Malhotra Bhatia
      Banerjee Mukherjee Chatterjee Das Ghosh Bose Fernandes Pereira DSouza Krishnan Subramaniam Venkatesan Raghavan Pillai`),
    tailShare: 0.45,
    familyParts: [
      list('Rama Krishna Venkata Siva Gopala Raja Chandra Surya Nara Deva Vija Jaya Hari Bala'),
      list(
        'murthy swamy nathan yan lingam moorthy puri gowda palan raman sekhar kumar prasad dasan mani velu pathi kanth mohan kar wala wani dev nand esh',
      ),
    ],
    givenParts: [
      list('Sree Vi Ra An Su Jai Pra Man Har Jas Kul Nav Raj Gagan Aman Bal Lak Mee Di Sha'),
      list(
        'kanth nay jesh jali nita deep meet preet veer want jot kiran inder pal shmi nakshi vya lini sha jeev',
      ),
    ],
  },
  {
    name: 'Arabic',
    share: 6,
    middleShare: 0.35,
    given:
      list(`Mohammed Ahmed Ali Fatima Hassan Hussein Omar Khaled Yusuf Ibrahim Mariam Aisha Zainab Noor Layla Amal Hanan Rania
      Samir Karim Tariq Walid Ziad Nadia Salma Huda Iman Abdullah Mustafa Bilal Hamza Jamal Faisal Rashid Majid Suhaila Dunya
      Rima Maha Ghada Wafa Bassam Nabil Fadi Elias Charbel`),
    family:
      list(`Hassan Ali Ahmed Khan Hussein Abdallah Khoury Haddad Mansour Saleh Nasser Hamdan Khalil Ibrahim Said Farah Aziz
      Mahmoud Osman Sleiman Moussa Younes Taleb Chahine Fares Najjar Sabbagh Karam Maalouf El-Masri Al-Rashid Al-Zahrani Jaber
      Qasim Darwish Bakr Hariri Issa Assaf Daher Ghanem`),
    tailShare: 0.5,
    familyParts: [
      list('Abu Bou Ben Al El Had Kha Naj Sal Mas Ham Raf Sham Tal Zay Bar Gha Jab Mur Wah'),
      list(
        'dawi moud rouf bani hawi nani saadi khalaf rashi souri maki touma ghazal qadri tawil zein fahd lami rawi',
      ),
    ],
  },
  {
    name: 'Greek',
    share: 4,
    middleShare: 0.2,
    given:
      list(`Maria Georgia Eleni Dimitra Sofia Vasiliki Katerina Despina Anastasia Christina Konstantinos Georgios Dimitrios
      Ioannis Nikolaos Panagiotis Vasilios Athanasios Spiros Stavros Theodora Evangelia Angeliki Ourania Stamatia Fotini`),
    family:
      list(`Papadopoulos Georgiou Nikolaidis Pappas Karagiannis Vlahos Ioannou Economou Papadakis Angelopoulos Dimitriou
      Konstantinidis Makris Christodoulou Alexiou Athanasiou Katsaros Samaras Tsakiris Kyriakou Mavros Raptis Kotsis Lambros
      Stavropoulos Anagnostou Theodorou Zervas Galanis`),
    tailShare: 0.6,
    familyParts: [
      list('Papa Kara Hatzi Konto Mavro Makro Chrysa Stama Theo Xeno'),
      list(
        'georgi nikola dimi gianni kosta michali thanasi petro theo dimo lambro stavro christo vasili andre',
      ),
      list('poulos dis kis ou s tos las ris'),
    ],
  },
  {
    name: 'Filipino',
    share: 6,
    middleShare: 0.7,
    middle: list(
      'Santos Reyes Cruz Bautista Garcia Mendoza Ramos Flores Villanueva Castillo Aquino Mercado Dizon Salazar',
    ),
    given:
      list(`Maria Jose Mark John Angelica Kristine Jasmine Rowena Maricel Jocelyn Rosalie Analyn Cherry Grace Princess Jennylyn
      Marites Leonora Corazon Ligaya Dalisay Rodrigo Ferdinand Emmanuel Jerome Carlo Paolo Christian Joseph Rhea Precious Lovely
      Arlene Imelda Teresita Marilou Aileen Glenda Honey`),
    family:
      list(`Santos Reyes Cruz Bautista Garcia Ocampo Mendoza Torres Flores Ramos Villanueva Castillo Rivera Aquino Navarro
      Salvador Mercado Domingo Pascual Santiago Dela-Cruz De-Leon Del-Rosario Dizon Manalo Macaraeg Pangilinan Dimaculangan Tolentino
      Soriano Valdez Aguilar Bernardo Magsaysay Panganiban Catacutan`),
    tailShare: 0.5,
    familyParts: [
      list('Mac Pan Di Ma Ga Ba Ta Ca La Sa Bu Ka Da Pa Ti Li Su Gu'),
      list('gan la ta ba lo ca ma na sa gu'),
      list('ngan ping tan lig yan rang gon pay dang laran sipan tubay bato han'),
    ],
    givenParts: [
      list('Maria John Mary Mark Anna Jo Rose Kris Jen Ma Jay Ro Lea El Al'),
      list('cris paul ann lyn vin mae belle rey joy rick fe mar len bert dina'),
    ],
  },
  {
    name: 'European',
    share: 6,
    middleShare: 0.4,
    given:
      list(`Marco Giulia Francesca Luca Alessandro Chiara Katarzyna Agnieszka Małgorzata Zbigniew Wojciech Jürgen Günther Björn
      Ingrid Sören Željko Mirjana Dragana Goran Nenad Zoran Milan Jelena Ivana Ana Vesna Oleksandr Nataliya Oksana Dmitri Svetlana
      Irina Tatiana Vladimir Pieter Johannes Willem Annelies Mehmet Ayşe Fatma Mustafa Zeynep`),
    family:
      list(`Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Nowak Kowalski Wiśniewski Wójcik Lewandowski
      Müller Schmidt Schneider Fischer Weber Jovanović Petrović Nikolić Marković Đorđević Horvat Kovačević Novak Shevchenko
      Kovalenko Bondarenko Ivanov Petrova Sokolov Van-der-Berg De-Vries Jansen Yılmaz Kaya Demir Şahin Çelik Szabó Nagy Kovács`),
    tailShare: 0.6,
    familyParts: [
      list('Kowal Nowa Wiśn Jan Zieli Szym Woź Dąbr Koz Jankow Petr Milo Stan Rado Vuk Bog'),
      list('a en i o al er un ad ar it'),
      list('ski wski wicz czyk ović nko nović iak rek kova ssen tti llo ssi'),
    ],
  },
]

const states = list('NSW NSW NSW NSW NSW NSW VIC VIC VIC VIC VIC QLD QLD QLD QLD WA WA SA SA TAS ACT NT')

function picked<T>(random: () => number, of: readonly T[]): T {
  return of[Math.floor(random() * of.length)] as T
}

/** By the law of Zipf and Mandelbrot: the first ones are the common ones, the commonest some percent of all. */
function common(random: () => number, of: readonly string[]): string {
  const shift = 8
  const at = Math.floor(shift * ((of.length + shift) / shift) ** random() - shift)
  return of[at] ?? (of[0] as string)
}

const spaced = (name: string): string =>
  name
    .replace(/^(El|Al)-/, '$1-')
    .replaceAll(/^(Dela|De|Del|Van-der|Van)-/g, (part) => part.replaceAll('-', ' '))

export function madePerson(random: () => number): MadePerson {
  let at = random() * origins.reduce((sum, { share }) => sum + share, 0)
  const origin = origins.find(({ share }) => (at -= share) < 0) ?? (origins[0] as Origin)
  const { given, middle, middleShare, familyParts } = origin
  const givenName = (): string =>
    origin.givenParts && random() < 0.5
      ? origin.givenParts.map((parts) => picked(random, parts)).join('')
      : common(random, given)
  const tail =
    familyParts && random() < (origin.tailShare ?? 0.4)
      ? familyParts.map((parts) => picked(random, parts)).join('')
      : null
  const family = tail ?? spaced(common(random, origin.family))
  const born = new Date(
    Date.UTC(1955 + Math.floor(random() * 52), Math.floor(random() * 12), 1 + Math.floor(random() * 28)),
  )
  return {
    given: givenName(),
    middle: random() < middleShare ? (middle ? common(random, middle) : givenName()) : null,
    family,
    birthDate: born.toISOString().slice(0, 10),
    state: picked(random, states),
    origin: origin.name,
  }
}

/** @returns the same people for the same seed */
export function madePeople(seed: number, count: number): MadePerson[] {
  const random = seeded(seed)
  return Array.from({ length: count }, () => madePerson(random))
}

export const faults = [
  'typo',
  'swapped neighbours',
  'missing letter',
  'double letter',
  'names swapped',
  'missing middle name',
  'no diacritics',
  'middle initial',
  'all of it',
] as const
export type NameFault = (typeof faults)[number]

const alphabet = 'abcdefghijklmnopqrstuvwxyz'

/** A slip in the longer of the two names, behind its first letter. */
function mistyped(
  random: () => number,
  person: MadePerson,
  slip: (name: string, at: number) => string,
): MadePerson {
  const isFamily = person.family.length >= person.given.length
  const name = isFamily ? person.family : person.given
  const at = 1 + Math.floor(random() * Math.max(1, name.length - 2))
  const changed = slip(name, at)
  return isFamily ? { ...person, family: changed } : { ...person, given: changed }
}

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')

/** The same person as a clerk wrote them down. */
export function faulted(random: () => number, person: MadePerson, fault: NameFault): MadePerson {
  switch (fault) {
    case 'typo':
      return mistyped(random, person, (name, at) => {
        const letter = picked(
          random,
          [...alphabet].filter((one) => one !== name[at]?.toLowerCase()),
        )
        return name.slice(0, at) + letter + name.slice(at + 1)
      })
    case 'swapped neighbours':
      return mistyped(
        random,
        person,
        (name, at) => name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2),
      )
    case 'missing letter':
      return mistyped(random, person, (name, at) => name.slice(0, at) + name.slice(at + 1))
    case 'double letter':
      return mistyped(random, person, (name, at) => name.slice(0, at) + (name[at] ?? '') + name.slice(at))
    case 'names swapped':
      return { ...person, given: person.family, family: person.given }
    case 'missing middle name':
      return { ...person, middle: null }
    case 'no diacritics':
      return {
        ...person,
        given: plain(person.given),
        middle: person.middle && plain(person.middle),
        family: plain(person.family),
      }
    case 'middle initial':
      return { ...person, middle: person.middle && (person.middle[0] ?? null) }
    case 'all of it':
      return faulted(
        random,
        faulted(random, { ...faulted(random, person, 'no diacritics'), middle: null }, 'typo'),
        'names swapped',
      )
  }
}
