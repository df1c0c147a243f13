/** Writing, languages, media, design, arts, games. */
export const wordsArts = `
# writing*0.8: writer*0.9, writers*0.8, author*0.6, prose, draft*0.6, drafts*0.6, drafting*0.6, essay*0.8,
  essays*0.8, article*0.6, articles*0.6, text*0.3, wording, phrasing, paragraph, paragraphs, sentence*0.6,
  sentences*0.7, words*0.3, write-up, compose*0.5, manuscript*0.6, ghostwriter, written*0.2, blank page,
  put into words, writer's block, rewording, longform
editing < writing: editor*0.6, edit*0.5, proofread, proofreading, proofreader, grammar, spelling, typo, typos,
  punctuation, comma, commas, copyedit, copy edit, copy editor, copyediting, line edit, rewrite*0.6, rephrase,
  reword, polish*0.5, polishing*0.6, tighten, concise*0.6, clarity*0.5, readability, style guide,
  passive voice, awkward*0.5, awkward sentences, flow*0.3, tone*0.4, make it shorter, shorten*0.6, wordy,
  rambling*0.6, too long*0.4, reads well, reads better, english mistakes*0.7, grammar mistakes,
  sounds natural*0.6, sloppy*0.4, red pen, waffle*0.4, cut words, mistakes in my text, before i submit*0.4,
  consistency*0.4
summarization < writing nlp: summarize, summarise, summary*0.8, summaries*0.8, tl;dr, tldr, condense,
  condensed, digest*0.6, key points, key takeaways, takeaways, executive summary, gist, abstract*0.4,
  shorten*0.5, long document, long documents, long report, too long to read, no time to read, boil down,
  boils down, brief me, briefing*0.6, highlights*0.4, main points, in a nutshell, one page*0.4,
  hundred pages*0.5, long article, short version, recap*0.5, just the essentials*0.6, skim, distill*0.4
creative-writing < writing: fiction, novel*0.7, novels, novelist, story*0.6, stories*0.6, short story,
  short stories, storytelling, plot*0.5, plots*0.3, character*0.5, characters*0.5, character development,
  dialogue*0.6, narrative*0.6, fantasy*0.5, science fiction, sci-fi, worldbuilding, world-building,
  fan fiction, chapter*0.5, chapters*0.5, manuscript, protagonist, villain, bedtime story, fairy tale,
  romance*0.5, thriller*0.6, mystery*0.4, scene*0.4, scenes*0.4, flash fiction, story arc, beta reader,
  plot hole, plot holes, nanowrimo, first draft, critique partner, heroine
poetry < writing: poem, poems, poet, haiku, sonnet, rhyme, rhymes, rhyming, verse*0.7, verses*0.7, limerick,
  spoken word, stanza, meter*0.3, metre*0.3, ode, words that rhyme, love poem, free verse, birthday poem
screenwriting < writing film: screenplay, screenwriter, script*0.5, scripts*0.3, scriptwriter, teleplay,
  storyboard*0.6, logline, movie script, film script, video script, podcast script, sitcom, play*0.2,
  playwright, dialogue*0.5, story beats, treatment*0.2, three-act
speechwriting < writing: speech*0.6, speeches*0.7, speechwriter, toast*0.6, best man speech, wedding speech,
  eulogy, keynote*0.6, public speaking, talking points, address*0.2, say at the funeral, acceptance speech,
  orator, oratory, stand up and say, speak in front of, farewell speech, retirement speech
technical-writing < writing: technical writer, documentation*0.8, docs*0.7, user manual, user guide,
  manual*0.6, manuals*0.7, how-to*0.6, instructions*0.6, instruction manual, release notes,
  knowledge base article, help article, help articles, tutorial*0.6, tutorials*0.6, help center,
  standard operating procedure, style guide*0.4, assembly instructions, readme, installation guide,
  document the api*0.6, white paper*0.4, specification*0.4, step-by-step guide, information architecture*0.3,
  docs as code
ghostwriting < writing publishing: ghostwriter, memoir, memoirs, autobiography, biography, life story,
  book writing, write my book, write a book, personal essay, my grandfather's stories*0.6, family stories,
  personal statement*0.6, college essay*0.6, admissions essay*0.6
publishing < writing media: publisher, publishers, self-publish, self-publishing, isbn, literary agent,
  query letter, kindle, kdp, book cover*0.6, book*0.4, books*0.5, bestseller, manuscript submission, ebook,
  e-book, typesetting, print run, book launch, royalties*0.4, blurb, book layout, editor's letter,
  audiobook*0.6, indexing a book, printing press*0.5, book proposal
literature < culture: literary, literary analysis, book review*0.6, book recommendation, book recommendations,
  what to read, read next, reading list, novel*0.4, novels*0.4, shakespeare, classics*0.5, classic novel,
  book club, bookworm, goodreads, library*0.5, librarian*0.7, librarians*0.7, library catalog,
  poetry analysis, literary criticism, dickens, tolstoy, jane austen, symbolism, fiction*0.5, books like
letters < writing: letter*0.6, write a letter, formal letter, thank-you note, thank you note, condolence,
  condolences, sympathy card, complaint letter, recommendation letter, reference letter,
  letter of recommendation, invitation text, greeting card, love letter, resignation letter, cover letter*0.6,
  apology letter, polite letter, strongly worded, letter to the council, postcard, birthday message,
  farewell message
journalism < media writing: journalist, journalists, reporter, reporters, newsroom, news*0.6, newspaper,
  newspapers, headline*0.4, headlines*0.4, interview*0.4, investigative, editorial, press*0.4, story pitch,
  breaking news, news article, news articles, op-ed, columnist, foia, freedom of information,
  media monitoring, news summary, daily news, news digest, news briefing, beat*0.1, sources said, byline,
  correspondent, exclusive*0.2, magazine*0.5, magazines*0.5, morning briefing
style-rewriting < writing: tone of voice, change the tone, formal*0.5, informal*0.5, friendlier*0.6,
  more polite, rude*0.5, sound professional, sound more professional, simplify*0.5, simplified*0.4,
  plain language, plain english, easy to read, easy-to-read, jargon*0.6, jargon-free, paraphrase,
  paraphrasing, rewrite in, sound human, humanize, diplomatic*0.5, tactful, softer*0.4, too blunt, harsh*0.4,
  simpler words, reading level, corporate speak, explain like i'm five, eli5, layman's terms, in simple terms
# language: languages, multilingual, bilingual, linguistic, english*0.5, spanish*0.8, french*0.8, german*0.8,
  italian*0.7, portuguese*0.8, chinese*0.7, mandarin, cantonese, japanese*0.7, korean*0.7, arabic, hebrew,
  russian*0.7, ukrainian, polish*0.4, czech, turkish*0.7, hindi, urdu, bengali, tamil, vietnamese*0.7,
  thai*0.6, indonesian, malay, swahili, dutch*0.7, swedish*0.7, norwegian*0.7, danish*0.7, finnish*0.7,
  greek*0.6, latin*0.6, hungarian, romanian, persian, farsi, catalan, welsh, irish*0.4, gaelic, basque,
  tagalog, filipino, speak*0.5, spoken*0.4, speaks*0.4, speaker*0.3, speakers*0.3, native speaker,
  native speakers, foreign language, mother tongue, native language, fluent, fluently, language barrier,
  vocabulary*0.6, idiom, idioms
translation < language: translations, translate, translator, translators, translated, translating,
  interpreter, interpreters, interpreting, interpretation*0.3, localization*0.7, localisation, into english,
  into spanish, into german, into french, into japanese, into chinese, from english, from german,
  subtitle*0.4, bilingual, certified translation, sworn translation, what does this say,
  what does this mean in, in another language, in their language, foreign text, machine translation, deepl,
  glossary, terminology, source text, target language, translation memory, post-editing, i don't speak*0.7,
  don't speak the language, doesn't speak*0.6, put into english, language pair, render into, back-translation,
  can't read the language, foreign-language*0.7
localization < translation software: localisation, l10n, i18n, internationalization, internationalisation,
  locale, locales, string files, right-to-left, rtl, plural forms, market adaptation, cultural adaptation,
  transcreation, translated strings, game localization, software strings, date formats,
  for the japanese market, for the german market, strings overflow, po files, culturally appropriate,
  other markets*0.4
interpreting < translation: interpreter, simultaneous, simultaneous interpretation, live translation,
  live interpreting, conference interpreting, consecutive, real-time translation, conversation translation,
  phone call in another language, speech translation, talk to each other*0.4, visitors who speak,
  court interpreter, medical interpreter, whisper interpreting
sign-language < language accessibility: asl, bsl, deaf, signing*0.5, deaf community, fingerspelling,
  hard of hearing
legal-translation < translation law: sworn translator, certified translation, notarized translation,
  translated contract, court translation, official translation, translate birth certificate,
  patent translation, translate contract
subtitling < translation film: subtitle, subtitles, caption*0.6, captions*0.7, captioning, closed captions,
  closed captioning, srt, dubbing, dub, voice-over*0.6, burned-in, timed text, subtitle timing, lip-sync,
  subtitle file, sdh
language-learning < language education: learn a language, learn spanish, learn french, learn german,
  learn japanese, learn english, duolingo, flashcard*0.6, flashcards*0.6, conversation practice, vocabulary,
  conjugation, verb*0.6, verbs*0.6, grammar exercise, pronunciation, pronounce, accent*0.6, fluency, esl,
  toefl, ielts, efl, language tutor, language teacher, language exchange, practice speaking,
  speaking practice, kanji, hiragana, delf, language course, tenses, small talk in, listening comprehension,
  verb tenses, hsk, jlpt, cefr
transcription < audio-video office: transcribe, transcript, transcripts, transcriber, transcribing,
  speech to text, audio to text, dictation, interview recording*0.6, interview transcripts, verbatim,
  meeting transcript, type up recording, typed out*0.5, turn recording into text, recording into text,
  recorded interview, recorded interviews, who speaks when, diarization, timestamps*0.6, voice memo*0.6,
  voice notes*0.6, spoken words, hours of recordings, stenographer, captions*0.4, listen and type
# audio-video*0.8: audio, video, videos, sound*0.7, recording*0.6, recordings*0.6, footage, clip*0.6,
  clips*0.7, multimedia, record*0.3, microphone, camera*0.5, streaming*0.4, mp3, mp4, wav, ffmpeg, codec,
  codecs, bitrate, transcode, transcoding, render*0.3, soundtrack, audiovisual, voice*0.4, encode*0.4, h264,
  h265, resolution*0.2, media file, watch video
video-editing < audio-video: video editor, edit video, edit videos, premiere, final cut, davinci,
  davinci resolve, after effects, cut footage, trim*0.5, b-roll, montage, rough cut, color grading,
  colour grading, transitions*0.5, timeline*0.3, video production, youtube video, youtube videos, vlog,
  short clips, shorts*0.4, highlight reel, highlights*0.5, reels*0.4, splice, jump cut, hours of footage,
  raw footage, holiday footage, explainer video*0.6, vertical video, capcut, video clips, shaky*0.6,
  stabilize*0.5, intro*0.3, wedding video, gopro, promo video
audio-engineering < audio-video music: audio engineer, sound engineer, mixing*0.6, mix*0.4, mastering,
  master*0.3, eq*0.5, equalizer, compression*0.3, reverb, noise removal, background noise, noise reduction,
  hiss, hum*0.6, denoise, audio cleanup, clean up audio, clean up recording, loudness, lufs, microphone*0.6,
  echo*0.6, echoey, podcast editing*0.6, studio*0.4, pro tools, ableton, logic pro, audacity, sound quality,
  sound design*0.6, muffled, crackle, pop filter, vinyl*0.5, stems*0.5, static noise, hear*0.3, wind noise,
  distorted*0.5, restore recording, levels*0.1, barely hear*0.6, clipping*0.4
podcasting < audio-video media: podcast, podcasts, podcaster, episode*0.6, episodes*0.6, show notes,
  podcast host, radio*0.7, radio show, broadcast*0.5, rss feed*0.4, interview show, spotify*0.5,
  podcast guest, audio show, filler words, ums and ahs, intro music*0.6, listeners*0.6, audio drama,
  audiobook*0.6, radio play
voice-acting < audio-video arts: voice actor, voiceover, voice-over, voice over, narrator, narration, narrate,
  narrated, text to speech, tts, synthetic voice, read aloud*0.7, reads aloud*0.7, read out loud,
  audiobook narration, spoken version, voice talent, character voices, dubbing*0.6, natural-sounding voice,
  speak the text, voices*0.4
animation < audio-video design: animator, animate, animated, motion graphics, 3d animation, 2d animation,
  stop motion, blender*0.7, maya, cartoon*0.7, cartoons*0.7, keyframe, rigging, explainer animation, lottie,
  gif*0.6, gifs, character animation, vfx*0.5, animated logo, cel*0.3, pixar
film < arts: films*0.7, movie*0.8, movies*0.8, cinema, filmmaking, filmmaker, director*0.4, cinematography,
  cinematographer, shot list, storyboard, documentary, documentaries, production schedule*0.4, actor*0.6,
  actress, casting*0.5, screenwriting*0.4, visual effects, vfx, film festival, movie recommendation,
  what to watch, netflix, tv show, tv shows, tv series, series to watch, television, imdb, film review,
  call sheet, film crew, location scouting, binge, hollywood, box office, short film
streaming-broadcast < audio-video telecoms: live stream, livestream, live streaming, livestreaming, obs,
  twitch, streamer, broadcast, broadcasting, buffering, video streaming, hls, cdn*0.5, webcast, stream drops,
  adaptive bitrate, rtmp, ott, playout, tv channel, live event video
photography < arts: photographer, photographers, photo*0.7, photos*0.7, photograph*0.7, photographs*0.7,
  picture*0.5, pictures*0.5, camera*0.6, cameras*0.6, lens, lenses, aperture, shutter, exposure*0.5, iso*0.3,
  lightroom, raw files, portrait*0.6, portraits*0.6, landscape*0.4, wedding photographer, photo shoot,
  photoshoot, dslr, mirrorless, tripod, flash*0.2, headshot, headshots, composition*0.4, darkroom,
  film photography, bokeh, golden hour, product photography, snapshots*0.4, blurry photos, selfie,
  photo album, photo library, instagram photos
photo-editing < photography design: photo editor, photoshop, retouch, retouching, retoucher,
  remove background, background removal, image editing, edit photos, crop*0.5, old photos*0.6,
  photo restoration, restore old photos, faded photo, faded photos, scratched photo, colorize, lightroom,
  gimp, red eye, upscale*0.5, enhance*0.4, sharpen*0.5, blurry*0.6, remove people from photo, cut out*0.3,
  color correction, batch edit, photobomb, remove a person, airbrush, image quality, torn photo
# media: news*0.6, press*0.3, television, tv*0.6, radio*0.5, newspaper, magazine, broadcast*0.4,
  publication*0.4, publications*0.3, entertainment, celebrity, celebrities, streaming service,
  content creator, creator*0.4, creators*0.4, influencer*0.5, audience growth, audiences*0.4, media literacy
# design: designer, designers, designing*0.7, visual*0.6, visuals*0.7, layout*0.6, creative*0.5,
  aesthetic*0.7, look and feel, figma, sketch*0.5, mockup, mockups, adobe, canva, color palette,
  colour palette, colors*0.4, colours*0.4, typography, typeface, font*0.8, fonts*0.8, style*0.2,
  beautiful*0.4, pretty*0.3, ugly*0.6, art direction, art director, mood board, moodboard, stylish*0.5,
  composition*0.3, redesign, whitespace, palette*0.6
graphic-design < design: graphic designer, logo, logos, poster*0.8, posters*0.8, flyer, flyers, brochure,
  brochures, banner*0.6, banners*0.6, business card, business cards, illustrator, indesign, infographic,
  packaging*0.5, packaging design, icon*0.6, icons*0.7, vector graphics, svg, print design, leaflet*0.5,
  menu design, label design, t-shirt design, album cover, book cover, emblem, symbol for our*0.6,
  visual identity, signage, stickers, letterhead, invitation design, banner ad, logo design
ux-design < design frontend: ux, user experience, ui design, ui/ux, user interface, interface*0.5,
  interfaces*0.5, wireframe, wireframes, prototype*0.5, prototypes*0.5, prototyping, usability,
  usability test, usability testing, user research, user testing, user flow, user flows, user journey,
  user journeys, persona, personas, information architecture, design system, design systems, design tokens,
  confusing*0.5, confused users, users get lost, users give up*0.6, people get stuck*0.5,
  heuristic evaluation, interaction design, onboarding flow, card sorting, eye tracking, click through*0.4,
  too many clicks, intuitive, abandon the form, can't find the button, screens*0.4, screen*0.3, affordance,
  microinteractions, journey map, ux writing, microcopy
illustration < design arts: illustrations, illustrator, drawing*0.7, drawings*0.7, draw*0.6, sketch*0.6,
  sketches*0.6, digital art, concept art, comic*0.7, comics*0.8, manga*0.7, children's book illustration,
  character design, cartoon, watercolor, watercolour, procreate, picture book, doodle, line art, caricature,
  ink*0.4, storyboards*0.5, pencil, tattoo design, graphic novel
image-generation < design machine-learning: text to image, text-to-image, stable diffusion, midjourney,
  dall-e, dalle, generate images, generate an image, ai art, generated image, inpainting, image prompt,
  diffusion, make a picture, create a picture, create an image, picture from a description, comfyui, upscaler,
  style transfer, image from text, avatar*0.5
interior-design < design home: interior designer, interior decorator, furniture*0.7, decor, decorate*0.7,
  decorating*0.7, room layout, home decor, sofa*0.7, couch*0.6, paint color, paint colour, wall color,
  curtains, rug*0.6, lighting*0.5, wallpaper*0.6, home staging, feng shui, cozy*0.5, cosy*0.5,
  small apartment*0.5, living room*0.6, kitchen design, bathroom design, make a room look, furnish,
  furnishing, ikea, shelving, cushions, space planning
fashion < design retail: outfit, outfits, clothes, clothing, wardrobe, dress*0.7, dresses*0.7, what to wear,
  stylist, styling*0.6, personal stylist, shoes*0.7, suit*0.4, sewing pattern*0.5, textile, textiles,
  fabric*0.6, fabrics*0.6, apparel, garment, garments, size chart, dress code, jeans, jacket, handbag,
  jewelry*0.6, jewellery*0.6, trends*0.2, couture, runway*0.3, capsule wardrobe, sustainable fashion,
  tailor*0.6, tailoring*0.5, knitwear, vintage clothes, sneakers, accessories*0.4, fits me, streetwear
beauty < fashion: makeup, make-up, skincare, skin care, cosmetics, haircut, hair*0.6, hairstyle, hairdresser,
  barber, salon, nails*0.5, manicure, perfume, fragrance, spa*0.5, moisturizer, shampoo, lipstick,
  grooming*0.4, anti-aging, sunscreen, hair color, curls, foundation shade, tattoo*0.5, beard*0.5
product-design < design engineering: industrial design, industrial designer, ergonomics, prototype*0.5,
  prototyping*0.5, packaging*0.4, cad*0.4, 3d rendering, form factor, materials*0.3, toy design,
  furniture design, human factors
three-d-modeling < design games: 3d modeling, 3d modelling, 3d model, 3d models, blender, maya, zbrush,
  3ds max, mesh*0.5, texturing, textures*0.5, uv unwrap, rendering*0.6, rigging, low poly, photogrammetry,
  3d assets, sculpting*0.5, game assets, cinema 4d, polygons, virtual world*0.4, houdini
# arts: art*0.7, artist*0.7, artists*0.7, artwork, painting*0.7, paintings*0.8, painter*0.6, sculpture,
  gallery*0.6, galleries*0.7, exhibition*0.7, exhibitions*0.7, museum*0.7, museums*0.6, museum curator,
  curator, curate*0.4, art history, impressionism, oil painting, acrylic*0.6, canvas*0.5, pottery,
  ceramics*0.6, printmaking, masterpiece, picasso, van gogh, auction house*0.6, art appraisal, provenance*0.6,
  art collection, antique*0.6, antiques*0.7, restoration*0.4, art restoration, conservation of paintings,
  fine art, calligraphy, mural, monet, modern art
performing-arts < arts: theater, theatre, stage*0.4, dance*0.7, dancer*0.7, dancing*0.7, ballet, choreography,
  choreographer, acting*0.5, actor*0.6, audition*0.7, auditions*0.7, opera, musical*0.4, improv,
  stand-up comedy, comedian, comedy*0.6, rehearsal*0.6, rehearsals*0.6, circus, magician*0.6, magic trick,
  stage manager, playwright, monologue, costume*0.6, costumes*0.6, tango, salsa dancing, drama club,
  puppet*0.6
crafts < arts home: craft*0.5, knitting, knit, crochet, sewing, sew*0.8, quilting, quilt, embroidery,
  woodworking*0.7, origami, jewelry making, candle making, soap making, pottery, leatherwork, handmade, yarn,
  pattern for a sweater, scrapbook, scrapbooking, macrame, weaving, loom, diy crafts, paper crafts,
  needlework, stitch*0.5, beads, hobby*0.5, hobbies*0.5, model building*0.4, whittling
culture*0.6: cultures*0.6, cultural*0.6, cross-cultural, intercultural, etiquette, customs*0.4, tradition*0.6,
  traditions*0.7, manners, business etiquette, folklore, mythology, myths*0.4, greek gods, norse, legends*0.4,
  festivals*0.4, custom*0.2, local traditions, heritage*0.5, taboo, offend*0.5, proverbs,
  holidays around the world, ramadan*0.5, lunar new year, folk tales
# music: musical*0.8, musician, musicians, song*0.9, songs*0.9, melody, melodies, tune*0.6, tunes*0.7, chord,
  chords, harmony*0.7, guitar, piano, violin, drums, drum*0.6, drummer, bass*0.5, band*0.6, orchestra, choir,
  sing*0.8, singer, singing, vocals, vocal*0.6, lyrics, lyric, album*0.6, playlist*0.7, playlists*0.7,
  concert, concerts, jazz, classical music, rock band, hip hop, rap, rapper, beat*0.4, beats*0.5, dj, techno,
  edm, instrument*0.4, instruments*0.4, spotify, music festival, saxophone, flute, cello, trumpet, ukulele,
  karaoke*0.6, blues*0.5, symphony, folk music, record label, bpm, pop song
music-composition < music: compose*0.7, composer, composing, composition*0.4, songwriting, songwriter,
  write a song, lyrics, lyricist, melody, chord progression, arrangement*0.5, arranging, orchestration*0.4,
  orchestrate*0.4, score*0.3, film score, soundtrack, background music, jingle, beat making, beats*0.4,
  remix*0.6, midi, music generation, theme tune, hook*0.2, chorus*0.6, bridge*0.1, counterpoint,
  music for my video, royalty-free music, original music, instrumental, music for a game
music-theory < music education: chords, scale*0.2, scales*0.4, key signature, sheet music, notation*0.5,
  read music, interval*0.2, harmony analysis, transpose, time signature, solfege, ear training, musicology,
  what key, figure out the chords, score reading, musicxml, play by ear, modulation*0.3
music-lessons < music education: music lesson, guitar lessons, piano lessons, learn guitar, learn piano,
  learn to play, practice routine, music teacher, singing lessons, vocal coach, fingering*0.5, strumming,
  tabs*0.5, guitar tabs, practise scales, play an instrument, piano teacher, rhythm*0.5, metronome,
  beginner guitar, drum lessons
music-discovery < music media: music recommendation, music recommendations, playlist, playlists,
  similar songs, songs like, what song is this, identify a song, song stuck in my head, spotify,
  song identification, new music, music for running*0.6, mood music, album reviews, artists like, shazam,
  dinner party music*0.6, concert tickets*0.5, hum a tune, discover music
music-production < music audio-engineering: music producer, producer*0.3, ableton, fl studio, logic pro,
  synthesizer, synth, sample pack, sampling*0.2, mixing, mastering, home studio, track*0.2, tracks*0.3,
  beat*0.3, daw, plugin*0.3, vst, autotune, drum machine, loops*0.4, edm production, stem separation,
  isolate vocals, remove vocals
# games: game*0.7, gaming, gamer, gamers, video game, video games, player*0.6, players*0.6, playing*0.4,
  board game*0.7, board games*0.7, puzzle*0.7, puzzles*0.8, quiz*0.5, chess*0.7, poker*0.8, console*0.4,
  playstation, xbox, nintendo, steam*0.4, multiplayer, esports, minecraft, fortnite, level*0.2, quest*0.6,
  rpg*0.8, boss fight, crossword, sudoku, card game, card games, dungeons and dragons, game night,
  tabletop*0.7, loot, roblox, pokemon, escape room, speedrun, scrabble, lego*0.5
game-development < games software: game developer, game dev, indie game, unity, unreal, godot, game engine,
  sprites, shader*0.6, level editor, pathfinding*0.6, game ai, npc*0.6, game physics, game programming,
  gameplay programming, multiplayer netcode, netcode, frame rate, collision*0.5, game jam,
  procedural generation, character controller, pixel art*0.5, phaser, pygame, game prototype, hitbox,
  save system, server tick, enemies walk, enemy*0.4, enemies*0.4
game-design < games design: game designer, game mechanics, game mechanic, game balance, balancing*0.5,
  level design, gameplay, game economy, difficulty curve, playtest, playtesting, reward loop, progression*0.4,
  quest design, game rules, rulebook, monetization*0.4, too easy*0.4, too hard*0.4, overpowered,
  board game design, narrative design, player retention, loot table, quests, branching dialogue,
  nobody finishes the level, boss*0.1, prototype a board game, puzzle design
tabletop-games < games: dungeon master, game master, dungeons and dragons, d&d, dnd, tabletop, roleplaying,
  role-playing, rpg campaign, dice*0.6, character sheet, board game, board games, card game,
  magic the gathering, game night, rules question, warhammer, one-shot adventure, npc names, encounter*0.4,
  monsters*0.6, campaign setting, catan, rules lawyer, house rules, miniatures
chess < games: chess opening, chess openings, endgame*0.6, checkmate, grandmaster, chess engine, stockfish,
  elo*0.6, chess coach, chess puzzle, go game, backgammon, checkers, blunder*0.6, blunders*0.6, sicilian*0.4,
  queen's gambit, gambit, bishop*0.4, knight*0.4, analyze my game*0.6, rook, lichess
puzzles-trivia < games education: trivia, quiz, quizzes, quizmaster, pub quiz, riddle, riddles, brain teaser,
  brain teasers, crossword, sudoku, word game, word games, puzzle*0.5, logic puzzle, logic puzzles, wordle,
  escape room, rebus, anagram, scavenger hunt, treasure hunt, party games, charades, cryptic clue
esports < games sport: e-sports, tournament*0.5, tournaments*0.5, league of legends, dota, counter-strike,
  valorant, overwatch, ranked match, matchmaking*0.6, game coach, replay analysis, vod review, twitch,
  team composition, cheaters*0.5, aimbot, anti-cheat*0.6
gambling < games: casino, betting, bet*0.6, bets*0.7, poker, sports betting*0.7, odds*0.5, lottery, blackjack,
  bookmaker, roulette, wager, slot machine, texas hold'em
virtual-reality < games software: vr, augmented reality, ar*0.4, mixed reality, metaverse, headset*0.6,
  oculus, quest headset, hololens, xr, immersive, arkit, arcore, 3d experience, vision pro,
  motion sickness*0.5
`;
