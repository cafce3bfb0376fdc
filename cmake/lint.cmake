# Targets lint (rules of form), tidy (clang-tidy), format (rewrites sources), headers.

# Each header compiles alone: one source file per header that includes nothing else.
file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src src/*/*.h)
set(sources)
foreach(header ${headers})
    string(REGEX REPLACE "[/.]" "_" name ${header})
    set(source ${CMAKE_BINARY_DIR}/headers/${name}.c)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
    list(APPEND sources ${source})
endforeach()
if(sources)
    add_library(headers OBJECT EXCLUDE_FROM_ALL ${sources})
    target_include_directories(headers PRIVATE src)
    target_compile_options(headers PRIVATE ${BANNED_OPTIONS})
    set_target_properties(headers PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
else()
    add_custom_target(headers)
endif()

add_custom_target(lint COMMAND sh tools/lint.sh WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    DEPENDS headers USES_TERMINAL VERBATIM)
add_custom_target(tidy COMMAND sh tools/tidy.sh ${CMAKE_BINARY_DIR}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} USES_TERMINAL VERBATIM)
add_custom_target(format COMMAND sh tools/format.sh -i
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} USES_TERMINAL VERBATIM)
