/* The version of the program and its engine: on --version, and recorded with results. */
#ifndef JH_BASE_VERSION_H
#define JH_BASE_VERSION_H

#define JH_VERSION "0.1.0"

#endif
