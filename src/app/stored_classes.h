/*
 * Class lists in the journal (decisions.md 8): documents of the form class-list, one class a row, and the
 * facts of schools that follow from them. Of pupils nothing is kept but how many there are in a class.
 *
 * The facts stand behind the school-year table: they fill what it leaves blank, and never change what it
 * says. Of two lists with classes of the same school and stage the later counts.
 */
#ifndef JH_APP_STORED_CLASSES_H
#define JH_APP_STORED_CLASSES_H

#include "app/class_list.h"
#include "app/facts.h"

/*
 * The document of a list, the classes of a school and stage together. `file`: its name; `id`: of the unit of each of
 * list->school. Columns of the first two, unit and line, do not count for its digest.
 */
Document classes_document(Arena *arena, const Core *core, const ClassList *list, Str file,
                          const double *id);

/*
 * What the classes of a batch add up to, as a document of schools: unit, line (of the first class), stage,
 * students, classes, largest_class; one row per school and stage.
 */
Document *classes_facts(Arena *arena, const Batch *batch);

/* Whether a list that counts is of a school that is not known. */
bool classes_lack_schools(const Facts *facts);

/* Whether a document is such a list, as classes_document makes it. */
bool classes_check(Arena *arena, Document *document);

#endif
