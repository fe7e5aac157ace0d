# crm_proto_library(NAME PROTOS path... [DEPS target...] [GRPC])
#   PROTOS are relative to proto/ (or absolute below it). Code goes to ${CMAKE_BINARY_DIR}/gen and
#   is included as "crm/lead/v1/lead.pb.h". GRPC also writes stubs and their mocks for the files
#   that define a service (lead_service.grpc.pb.h, lead_service_mock.grpc.pb.h). DEPS are the proto libraries of the
#   imported files. The compiler's own dependency file keeps imports tracked.

set(CRM_PROTO_ROOT ${CMAKE_SOURCE_DIR}/proto)
set(CRM_GEN_DIR ${CMAKE_BINARY_DIR}/gen)
file(MAKE_DIRECTORY ${CRM_GEN_DIR})

# A program has the description of each service of the libraries that it links: nothing refers to that of
# a file which holds nothing else, so that the linker would leave it out.
function(crm_keep_services name)
  foreach(proto IN LISTS ARGN)
    file(STRINGS ${CRM_PROTO_ROOT}/${proto} services REGEX "^service ")
    if(services)
      string(REPLACE "_" "_5f" symbol ${proto})
      string(REPLACE "/" "_2f" symbol ${symbol})
      string(REPLACE "." "_2e" symbol ${symbol})
      target_link_options(${name} INTERFACE "LINKER:-u,descriptor_table_${symbol}")
    endif()
  endforeach()
endfunction()

# Everything that tools which read sources need to exist.
add_custom_target(crm_generated)
# The compiled protos, which other builds may take.
add_custom_target(crm_protos)

function(crm_proto_library name)
  cmake_parse_arguments(arg "GRPC" "" "PROTOS;DEPS" ${ARGN})
  set(grpc)
  if(arg_GRPC)
    set(grpc gRPC::grpc++)
  endif()
  crm_use_built(${name} built INCLUDE ${CRM_LIBRARIES_FROM}/gen
                DEPS protobuf::libprotobuf ${arg_DEPS} ${grpc})
  if(built)
    crm_keep_services(${name} ${arg_PROTOS})
    return()
  endif()
  set(sources)
  set(headers)
  foreach(proto IN LISTS arg_PROTOS)
    cmake_path(ABSOLUTE_PATH proto BASE_DIRECTORY ${CRM_PROTO_ROOT} NORMALIZE)
    file(RELATIVE_PATH relative ${CRM_PROTO_ROOT} ${proto})
    string(REGEX REPLACE "\\.proto$" "" stem ${relative})
    set(base ${CRM_GEN_DIR}/${stem})
    set(outputs ${base}.pb.cc ${base}.pb.h)
    set(flags --cpp_out=${CRM_GEN_DIR})
    list(APPEND sources ${base}.pb.cc)
    set_source_files_properties(${base}.pb.cc PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # same names in all
    list(APPEND headers ${base}.pb.h)
    # A file without a service would cost a slow compilation of nothing.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${proto})
    file(STRINGS ${proto} services REGEX "^service ")
    if(arg_GRPC AND services)
      list(APPEND flags --grpc_out=generate_mock_code=true:${CRM_GEN_DIR}
                        --plugin=protoc-gen-grpc=${CRM_GRPC_CPP_PLUGIN})
      list(APPEND outputs ${base}.grpc.pb.cc ${base}.grpc.pb.h ${base}_mock.grpc.pb.h)
      list(APPEND sources ${base}.grpc.pb.cc)
      list(APPEND headers ${base}.grpc.pb.h ${base}_mock.grpc.pb.h)
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --proto_path=${CRM_PROTO_ROOT}
              --dependency_out=${base}.pb.d ${flags} ${proto}
      MAIN_DEPENDENCY ${proto}
      DEPFILE ${base}.pb.d
      COMMENT "protoc ${relative}"
      VERBATIM)
  endforeach()
  add_library(${name} STATIC ${sources} ${headers})
  add_dependencies(crm_protos ${name})
  add_custom_target(${name}_code DEPENDS ${sources} ${headers})
  add_dependencies(crm_generated ${name}_code)
  target_include_directories(${name} SYSTEM PUBLIC ${CRM_GEN_DIR})
  target_compile_options(${name} PRIVATE -w)
  # Stubs of several services together take half as long.
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${CRM_UNITY} UNITY_BUILD_BATCH_SIZE 6)
  crm_keep_services(${name} ${arg_PROTOS})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${arg_DEPS} ${grpc})
  if(CRM_PCH)
    target_precompile_headers(${name} REUSE_FROM crm_pch_grpc)
  endif()
  foreach(dependency IN LISTS arg_DEPS)
    if(TARGET ${dependency})
      add_dependencies(${name} ${dependency})
    endif()
  endforeach()
endfunction()
