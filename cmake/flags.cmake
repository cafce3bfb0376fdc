# How every object is compiled. Asserts are on in each build type, so NDEBUG appears nowhere.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

set(CMAKE_C_FLAGS_RELEASE "-O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2")
set(CMAKE_C_FLAGS_DEBUG
    "-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all")
set(CMAKE_C_FLAGS_COVERAGE "-O0 -g --coverage")
set(CMAKE_C_FLAGS_FUZZ "-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address")
set(CMAKE_EXE_LINKER_FLAGS_COVERAGE "--coverage")

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
    -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wvla -Wformat=2 -Werror
    -ffp-contract=off # a fused multiply-add would give other bits on other machines
    -fPIE -fstack-protector-strong)
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    # Deliberate in loops without branches; gcc checks formats and knows va_list functions.
    add_compile_options(-Wno-bitwise-instead-of-logical -Wno-format-nonliteral)
endif()
add_link_options(-pie -Wl,--as-needed -Wl,-z,relro -Wl,-z,now)

# For our own sources only: headers of libraries use some of the names it bans.
set(BANNED_OPTIONS -include ${CMAKE_SOURCE_DIR}/src/base/banned.h)

# The hot loops. Not -ffast-math: sums keep their order and NaN its meaning.
set(HOT_LOOP_OPTIONS "$<$<CONFIG:Release>:-O3;-fno-math-errno;-fno-trapping-math>")
