/**
 * Words that say little about a skill, graded by judgement of how common they are in requests and in
 * descriptions. What is in none of the lists counts fully.
 */

/** Grammar: no weight at all. Articles and the like are also skipped inside phrases. */
export const stopWords = words(`
  a an the this that these those some any each every either neither both all such same other another i me my
  mine myself we us our ours ourselves you your yours yourself he him his himself she her hers herself it its
  itself they them their theirs themselves who whom whose which what when where why how and or but nor so yet
  if then than as because since while although though unless until whether of in on at by to for from with
  without within into onto upon over under about against between among through during before after above below
  up down out off again further once here there am is are was were be been being do does did doing done have
  has had having will would shall should can could may might must ought need dare cannot cant wont dont doesnt
  didnt isnt arent wasnt werent hasnt havent hadnt shouldnt wouldnt couldnt im ive id ill youre youve youll
  hes shes theyre weve lets thats theres whats not no yes too very just only also even ever never always often
  still already almost quite rather really please ok okay etc eg ie via per vs versus
`);

/** Left out when phrases are matched: "terms of the service" is "terms service". */
export const phraseFillers = words(`
  a an the this that these those some any my our your his her its their of to for and
`);

/** Words of nearly every request or offer. */
export const veryCommonWords = words(`
  help helps helping needs needed want wants wanted get gets getting got give gives given make makes making
  made take takes taking taken put puts use uses used using let keep keeps kept know knows known think thinks
  go goes going gone come comes coming came say says said see sees seen look looks looking find finds finding
  found tell tells told ask asks asked show shows showing shown work works working worked thing things
  something anything everything nothing someone anyone everyone somebody anybody nobody everybody people
  person one ones two way ways lot lots bit kind sort type types good better best bad worse worst new old big
  small great nice right wrong able like likes much many more most less least few several enough own well now
  today soon later agent agents assistant expert specialist service services tool tools task tasks job jobs
  support supports provide provides handle handles handled deal deals offer offers offered try tries trying
  tried first last next end start starts started stop stops run runs running turn turns turned set sets happen
  happens happened stuff actually maybe probably sure else back away around along across full free ready real
  simple simply easy easily quick quickly fast clear clearly exact exactly whole entire different various
  multiple single based including include includes whatever whichever wherever seem seems feel feels felt mean
  means meant mind thanks thank hello hi hey dear kindly somehow somewhere instead
`);

/** Words that tell a little: common nouns and verbs of work and of life. */
export const commonWords = words(`
  time times day days week weeks month months year years hour hours minute minutes second seconds morning
  evening night tonight yesterday tomorrow weekend date place places part parts side sides point points number
  numbers line lines list lists item items piece pieces group groups case cases fact facts reason reasons
  result results problem problems issue issues question questions answer answers idea ideas plan plans change
  changes changed changing create creates created creating build builds built building write writes written
  writing read reads reading check checks checked checking compare compares compared review reviews reviewed
  explain explains explained add adds added adding remove removes removed send sends sent call calls called
  move moves moved open opens opened close closes closed choose chooses chosen pick picks picked decide
  decides decided follow follows followed learn learns learned teach bring brings brought leave leaves left
  hold holds held stay stays fix fixes fixed fixing improve improves improved manage manages managed prepare
  prepares prepared produce produces produced suggest suggests suggested recommend recommends recommended
  track tracks tracked watch high low long short large little huge tiny early late hard soft hot cold public
  private main major minor important special specific general common normal usual proper correct total
  complete current recent final home house room office company business team boss friend friends family mother
  father mum mom dad wife husband son daughter brother sister kid kids child children baby man men woman women
  guy girl boy user users client clients customer customers world country city town name names word words page
  pages form forms file files system systems process processes information info data details detail content
  text message messages version step steps level levels rate rates value values size sizes area areas order
  orders quality money cost costs price prices pay paid buy sell half quarter third top bottom front inside
  outside near far three four five six seven eight nine ten dozen hundred thousand million twice life live
  lives living born dead alive love hate hope worry worried afraid scared happy sad angry sick tired break
  breaks broken broke lose loses lost losing miss missing fail fails failed failing stuck wait waits waiting
  worth true false possible impossible sense trouble mess messy weird strange odd funny serious water air fire
  light dark red green blue black white food eat drink sleep walk drive ride play game hand hands head eye
  eyes face body door window table chair car road street school class paper book picture phone plain human
  local daily weekly monthly annual modern basic advanced professional behind output input outputs inputs
  design designs test tests guide guides draft drafts rules rule notes note source sources key keys report
  reports summary
`);

/** Places of work and groups: behind "my", "our" or "run a" they tell who asks, not what is sought. */
export const settingWords = words(`
  agency bakery bank bar bookshop bookstore boutique brewery business cafe café charity choir church cinema class
  classroom clinic club company coffeehouse college cooperative dealership department diner factory farm firm florist
  foundation garage gym hospital hostel hotel kindergarten kitchen lab laboratory library marketplace museum ngo
  nonprofit nursery office orchard organisation organization pharmacy pizzeria plant platform practice pub restaurant
  salon school shop startup store studio supermarket surgery team theater theatre university vineyard warehouse
  webshop website winery workshop zoo
`);

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/).filter((word) => word !== ''));
}
