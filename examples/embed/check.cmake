# Installs BUILD into a folder of its own, then builds examples/embed against it, runs it, and links the quickstart
# (which uses every module) in the same way. cmake -DBUILD= -DEXAMPLES= -DCOMPILER= -DGENERATOR= -DCONFIG= -P check.cmake
set(work "${BUILD}/install-check")
set(prefix "${work}/prefix")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(build name main)
  configure_file("${EXAMPLES}/embed/CMakeLists.txt" "${work}/${name}/CMakeLists.txt" COPYONLY)
  configure_file("${main}" "${work}/${name}/main.cpp" COPYONLY)
  run("${CMAKE_COMMAND}" -S "${work}/${name}" -B "${work}/${name}/build" -G "${GENERATOR}"
    "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_BUILD_TYPE=${CONFIG}")
  run("${CMAKE_COMMAND}" --build "${work}/${name}/build")
endfunction()

run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
foreach(file include/vdn/vdn.hpp share/vdn/flights.csv)
  if(NOT EXISTS "${prefix}/${file}")
    message(FATAL_ERROR "${file} was not installed")
  endif()
endforeach()
build(embed "${EXAMPLES}/embed/main.cpp")
run("${work}/embed/build/app")
build(quickstart "${EXAMPLES}/quickstart/main.cpp")
if(EXISTS "${prefix}/bin/vdn")
  run("${prefix}/bin/vdn" --version)
endif()
file(REMOVE_RECURSE "${work}")
