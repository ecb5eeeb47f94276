/** Names that one person goes by in turn: short forms, and one name as different languages or clerks spell it. Pure data. */

/** One line a group; a name may stand in several. Folded: no case, no accents. */
const groups = `
abdallah abdullah abdulla abdallahi
abdul abdel abd abdoul
abdulrahman abdurrahman abdelrahman abdurahman
abigail abby abbie gail
ahmed ahmad ahmet achmad
aisha aysha ayesha aicha aishah
albert al bert alberto
alexander alex alec sasha xander sandy aleksandr aleksandar alexandros alejandro alekos lex
alexandra alex sandra alexa lexie sasha aleksandra alejandra
ali aly
alfred alf fred alfie
amina aminah ameena
amir ameer emir
anastasia anastassia natasha stasia tasia
andrew andy drew andreas andrei andrey andres andrzej
angela angie angeliki
anna ann anne annie anya ana hannah hanna
anthony tony antony antonio antonios anton
apostolos toli tolis paul
arthur art artie artur
athanasios thanasis arthur tom nasos
barbara barb barbie varvara
benjamin ben benny benji
bernard bernie
beverley bev beverly
bilal belal
bradley brad
carol carole caroline carolyn caz
catherine kathryn katherine kathy cathy kate katie kat kath katharine katerina ekaterina catalina kathleen aikaterini
charalambos harry bob haralambos babis
charles charlie chuck chas carlos karl carl
chloe khloe
christina tina chris christine kristina kristine khristina cristina
christopher chris kris topher christos christoforos kristofer
clara klara claire clare
constantine con costa kostas gus dean konstantinos constantinos kon
crystal krystal kristal
daniel dan danny daniil
david dave davey dawid daud dawood
deborah deb debbie debra
denise dennise
demetrios dimitrios dimitri jim james jimmy dimitris dmitri dmitry dimitry
dorothy dot dottie dorothea
douglas doug
edward ed eddie ted teddy ned edwin eduardo
eleanor ellie nell nellie elinor
elias ilias louis ilyas
elizabeth liz lizzie beth betty eliza lisa libby elisabeth elisabet elsie betsy liza lisbeth elspeth isabel elisavet
emily em emma emilie
eric erik erick
eugene gene evgeny yevgeny evgeni
evangelos angelo van vangelis
evelyn eve evie
fatima fatimah fatma fathima
faisal faysal feisal
florence flo florrie
francis frank fran francisco francesco frankie
frances fran frankie francesca
frederick fred freddie freddy frederic fredrick
gabriel gabe
george georgios giorgos yorgos jorge georgi georgy jerzy giorgio
gerald gerry jerry
geoffrey geoff jeffrey jeff
gregory greg grigorios gregor grigori
habib habeeb
hamid hameed
harold harry hal
hassan hasan hassen
helen helena eleni ellen elena lena nell yelena
henry harry hank henri enrique henrik
hussein hussain husain hossein husayn hussien
ibrahim ebrahim abraham ibraheem brahim
ioannis john yiannis giannis yianni jan ivan ioan
isabella bella isabel isabelle izzy
ishmael ismail ismael ismaeel
jacob jake jakob yakov iakovos yaqub yaqoob
jacqueline jackie jacquie jacqui
james jim jimmy jamie jem
jane janet janey jan
janice jan janis
jason jase iason
jennifer jen jenny jenni jennie
jessica jess jessie
john jack johnny jon jonny juan ivan jean sean johnathan
jonathan jon john johnathan jonathon
joseph joe joey jose yusuf yousef youssef yosef iosif josef giuseppe yousif yusef
joshua josh
judith judy jude
julia julie yulia giulia
katrina trina catrina
kenneth ken kenny
khadija khadijah khadeeja kadija
khaled khalid
kimberly kim kimberley
krishna krishnan krsna
kumar kumaar
lakshmi laxmi lakshmy
larysa larissa
latoya toya
lawrence larry laurence laurie lorenzo
leonard len lenny leo
leslie les lesley
lillian lily lilian lil liliana
linda lindy lynda
louis lou lewis luis
lucas luke luca lukas loukas
lucy lucia lucille
ludmila lyudmila luda
magdalena maggie lena magda
mahmoud mahmud mehmood mahmood
malcolm mal
margaret maggie meg peggy marg margie greta rita margarita margot margaret madge
maria mary marie marija maryam mariam miriam marya moira maree ma
marjorie marge margie
mark marcus marc marco marek markos
martin marty marten
martha marta
matthew matt matty mathew matteo mateo matthaios
maurice morris maury
maxwell max
maximilian max
melanie mel
melissa mel lissa missy
michael mike mick mikey michail mikhail michel miguel mihail michal mitch micheal mikail
michelle shelly shell michele
mitchell mitch
mohammed muhammad mohamed mohammad muhammed mohamad mohd mohamud mehmet mohammod muhamad mohammadu md
mostafa mustafa moustafa mustapha
nancy nan
nathaniel nathan nat nate
nicholas nick nicky nicolas nikolaos nikos nikolas nicolaos nikolai nico klaus nikola
nicole nicky nikki nicola
noor nur nour nura
olga olya
oliver ollie olly
omar umar omer
osama usama
oswald oz ozzie
othman osman usman uthman
pamela pam
panagiotis peter panos panayiotis takis
patricia pat patty trish tricia patti
patrick pat paddy padraig
paul pavel pablo pavlos paolo
penelope penny pinelopi
peter pete petros piotr pedro pyotr
philip phil phillip pip filip philippos
prakash parkash
rachel rae rachael raquel
raymond ray raymund
rebecca bec becky rebekah becca
richard rick dick richie rich ricky ricardo
rahim raheem
rashid rasheed
robert bob bobby rob robbie bert roberto robin
roderick rod roddy rory
rodney rod
roger rodge rogelio
ronald ron ronnie
rosemary rose rosie
ruth ruthie
samantha sam sammy
samuel sam sammy samouil
sandeep sandip
sarah sara sally sadie sahra
satish sateesh
sergei sergey serhiy sergio
sharon shaz sharron
shirin shireen
sofia sophia sophie sofie sofya
soheil suhail sohail
spyridon spiro spiros spyros
srinivas shrinivas sreenivas
stanislav stan stas stanislaw stanley
stavros steve stephen
stephen steve steven stevie stephan stefan stefanos stephanos esteban
stephanie steph stefanie stefania
stewart stuart stu stew
sunil suneel
susan sue susie suzie susanna suzanne susannah sooz
svetlana sveta lana
sanjeev sanjiv
tamara tammy
tariq tarek tareq tarik
terence terry terrence
teresa theresa terry tess tessa tracey
theodore theo ted teddy theodoros
thomas tom tommy tomas thomasina
timothy tim timmy timotheos
tatiana tanya tatyana tania
tracy tracey tracie
ursula ulla
vasilios bill vasilis william vas basil vassilios vasili vasily
valentina val tina
valerie val
vanessa ness nessa
veronica ronnie vera
victor vic viktor
victoria vicky vicki tori viktoria
vijay vijai bijay
vikram bikram
vincent vince vinnie vincenzo vicente
virginia ginny ginger
vladimir vlad volodymyr wladimir
vivian viv vivienne vivien
walter wal wally walt
wassim wasim waseem
wendy wendi
william bill billy will willy liam guillermo willem
yasmin yasmeen jasmine jasmin yasmine jazmin
yevgenia evgenia eugenia jenny
yohan johan
yuri yury iurii youri
zahra zehra zahraa
zainab zaynab zeinab zeynep
zachary zac zach zak zack
zoe zoey zoi
chaudhary chowdhury choudhury chaudhry choudhary chaudhuri
das dass
garcia garsia
kowalski kowalsky
lopez lopes
mehta mehtha
mukherjee mukerji mukherji
banerjee banerji
chatterjee chatterji
nair nayar
petrov petroff
papadopoulos papadopulos pappas
rodriguez rodrigues
sharma sarma
sheikh shaikh shaykh sheik
siddiqui siddiqi siddique
singh sing
smith smyth smythe
gonzalez gonzales
sanchez sanches
qureshi quraishi kureshi
ivanov ivanoff
yilmaz jilmaz
`

const members = new Map<string, Set<string>>()
for (const line of groups.trim().split('\n')) {
  const names = line.split(' ')
  for (const name of names) {
    const others = members.get(name) ?? new Set<string>()
    for (const other of names) if (other !== name) others.add(other)
    members.set(name, others)
  }
}

const none: ReadonlySet<string> = new Set()

/** Other names that somebody of this name may go by, folded; empty where none are known. */
export function variantsOf(name: string): ReadonlySet<string> {
  return members.get(name) ?? none
}
