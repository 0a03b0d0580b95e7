//! Pictures as the pages of a PDF, by the system's fonts. A letter that no font has would be left out in silence: it is looked for first.

use crate::error::{self, Result};
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use svg2pdf::usvg::{Options, Tree, fontdb::Database};
use svg2pdf::{ConversionOptions, to_chunk};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;

/// A PDF of A4 pages, one a picture.
pub fn pages(pictures: &[String]) -> Result<Vec<u8>> {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    all_letters(&fonts, pictures)?;
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    let mut next = Ref::new(1);
    let (catalog, tree) = (next.bump(), next.bump());
    let (mut pdf, mut kids) = (Pdf::new(), Vec::new());
    for picture in pictures {
        let svg = Tree::from_str(picture, &options).map_err(|_| error::io("pdf_failed"))?;
        let (chunk, drawn) = to_chunk(&svg, ConversionOptions::default()).map_err(|_| error::io("pdf_failed"))?;
        let mut renumbered = HashMap::new();
        let chunk = chunk.renumber(|old| *renumbered.entry(old).or_insert_with(|| next.bump()));
        let drawn = *renumbered.get(&drawn).ok_or_else(|| error::io("pdf_failed"))?;
        let (page, content) = (next.bump(), next.bump());
        let (width, height) = (210.0 * MM, 297.0 * MM);
        let mut it = pdf.page(page);
        it.parent(tree).media_box(Rect::new(0.0, 0.0, width, height)).contents(content);
        it.resources().x_objects().pair(Name(b"S"), drawn);
        it.finish();
        let mut draw = Content::new();
        draw.save_state().transform([width, 0.0, 0.0, height, 0.0, 0.0]).x_object(Name(b"S")).restore_state();
        pdf.stream(content, &draw.finish());
        pdf.extend(&chunk);
        kids.push(page);
    }
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(kids).count(count);
    Ok(pdf.finish())
}

/// 73 where no font has a letter of the texts.
fn all_letters(fonts: &Database, pictures: &[String]) -> Result<()> {
    let mut wanted: BTreeSet<char> = pictures.iter().flat_map(|p| p.chars()).filter(|c| !c.is_ascii()).collect();
    for face in fonts.faces() {
        if wanted.is_empty() {
            return Ok(());
        }
        fonts.with_face_data(face.id, |data, index| {
            if let Ok(font) = ttf_parser::Face::parse(data, index) {
                wanted.retain(|c| font.glyph_index(*c).is_none());
            }
        });
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let letters: String = wanted.iter().take(20).collect();
    Err(error::cannot_create("no_font").fact("letters", letters))
}
